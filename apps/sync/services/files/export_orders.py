"""Orders as rows of a file: one for each line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch

from apps.accounts.models import Store
from apps.shop.models import Customer, Order, OrderLine, Refund, RefundLine
from apps.sync.files.orders import LINE, ORDER, PLACE
from apps.sync.files.writing import plain
from apps.sync.services.files.export_products import CHUNK, RENAMED


def rows(store: Store) -> Iterator[dict[str, Any]]:
    lines = OrderLine.objects.of(store).select_related("product", "variant")
    refunds = Refund.objects.of(store).live().exclude(woo_id=None).order_by("pk")
    orders = (
        Order.objects.of(store)
        .live()
        .exclude(woo_id=None)
        .order_by("pk")
        .select_related("customer__merged_into", "shipping_address")
        .prefetch_related(
            Prefetch("lines", lines.order_by("pk")),
            Prefetch("refunds", refunds),
            Prefetch("refunds__lines", RefundLine.objects.of(store).order_by("pk")),
        )
    )
    for order in orders.iterator(chunk_size=CHUNK):
        known = list(order.lines.all())
        shared = {**head(order), **buyer(order)}
        shared["refunds"] = [refund_of(refund, known) for refund in order.refunds.all()]
        for line in known:
            yield shared | line_of(line)
        if not known:
            yield shared


def head(order: Order) -> dict[str, Any]:
    return {
        column.name: getattr(order, RENAMED.get(column.target, column.target))
        for column in ORDER
        if column.name != "refunds"
    }


def buyer(order: Order) -> dict[str, Any]:
    person: Customer | None = order.customer
    if person is not None and person.merged_into is not None:
        person = person.merged_into
    place = order.shipping_address
    return {
        **{f"ship_{name}": getattr(place, name, "") for name in PLACE},
        "customer_id": person.woo_id if person else None,
        "email": person.email if person else "",
        "first_name": person.first_name if person else "",
        "last_name": person.last_name if person else "",
        "phone": person.phone if person else "",
    }


def line_of(line: OrderLine) -> dict[str, Any]:
    found = {
        column.name: getattr(line, column.target)
        for column in LINE
        if column.name not in ("line_id", "product_id", "variant_id")
    }
    return found | {
        "line_id": line.woo_id,
        "product_id": line.product.woo_id if line.product else None,
        "variant_id": line.variant.woo_id if line.variant else None,
    }


def refund_of(refund: Refund, lines: list[OrderLine]) -> dict[str, Any]:
    places = {line.pk: place for place, line in enumerate(lines, start=1)}
    ids = {line.pk: line.woo_id for line in lines}
    return {
        "id": refund.woo_id,
        "amount": plain(refund.amount),
        "refunded_at": plain(refund.refunded_at),
        "extras_total": plain(refund.extras_total),
        "reason": refund.reason,
        "lines": [
            {
                "id": line.woo_id,
                "line_id": ids.get(line.order_line_id or 0),
                "line": places.get(line.order_line_id or 0),
                "quantity": line.quantity,
                "total": plain(line.total),
                "tax": plain(line.tax),
            }
            for line in refund.lines.all()
        ],
    }
