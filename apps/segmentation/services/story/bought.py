"""Orders, and what went back of them."""

from __future__ import annotations

from apps.core.merchant_admin.show import money
from apps.segmentation.services.story.entry import Entry, Mark, Person, Source, newest
from apps.shop.models import Order, Refund

STATUSES = dict(Order.Status.choices)


def orders(person: Person, before: Mark | None, limit: int) -> list[Entry]:
    rows = Order.objects.of(person.store).placed().filter(customer__in=person.rows)
    return [
        Entry(
            Mark(row.placed_at, Source.ORDER, row.pk),
            "Order",
            f"{money(row.total, row.currency)}, "
            f"{STATUSES.get(row.status, row.status).lower()}",
            name=str(row),
            tone="quiet" if row.status in Order.NOT_EARNING else "good",
            row=("order", row.pk),
        )
        for row in newest(rows, "placed_at", Source.ORDER, before, limit)
    ]


def refunds(person: Person, before: Mark | None, limit: int) -> list[Entry]:
    rows = Refund.objects.of(person.store).live().select_related("order")
    mine = rows.filter(
        order__in=Order.objects.of(person.store)
        .placed()
        .filter(customer__in=person.rows)
    )
    return [
        Entry(
            Mark(row.refunded_at, Source.REFUND, row.pk),
            "Refund",
            f"{money(row.amount, row.order.currency)} back",
            name=str(row.order),
            quote=row.reason,
            tone="warn",
            row=("order", row.order_id),
        )
        for row in newest(mine, "refunded_at", Source.REFUND, before, limit)
    ]
