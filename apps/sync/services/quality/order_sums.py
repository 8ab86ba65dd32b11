"""Orders that do not add up, and what they point at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from apps.accounts.models import Store
from apps.core.money import MoneyField, cent
from apps.shop.models import Order, OrderLine, Product
from apps.sync.services.quality.check import Check, Oddity, counted, day, sum_of
from apps.sync.services.quality.order_dates import orders

LATELY = timedelta(days=30)
# Sums of an order besides its lines: total, shipping, fees, taxes.
OTHER_SUMS = 4


def wrong_total(store: Store, at: datetime) -> Iterator[Oddity]:
    """Each line and each other sum may be rounded by a cent."""
    zero = Decimal(0)
    rows = (
        orders(store)
        .annotate(
            lines_total=Coalesce(Sum("lines__total"), zero, output_field=MoneyField()),
            line_count=Count("lines"),
        )
        .annotate(
            gap=F("total") - F("lines_total") - F("shipping_total")
            - F("fee_total") - F("tax_total")
        )
        .exclude(gap__gte=-cent(store.currency), gap__lte=cent(store.currency))
    )  # fmt: skip
    names = ("pk", "number", "currency", "total", "gap", "line_count")
    for pk, number, currency, total, gap, count in rows.values_list(*names).iterator():
        if abs(gap) > cent(currency) * (count + OTHER_SUMS):
            text = (
                f"Order #{number} has a total of {sum_of(total, currency)}, but its "
                f"lines, shipping, fees and taxes make {sum_of(total - gap, currency)}."
            )
            yield Oddity(f"order:{pk}", text)


def refunded_too_much(store: Store, at: datetime) -> Iterator[Oddity]:
    rows = Order.objects.of(store).over_refunded().order_by("pk")
    names = ("pk", "number", "currency", "total", "refunded_total")
    for pk, number, currency, total, back in rows.values_list(*names).iterator():
        text = (
            f"{sum_of(back, currency)} went back for order #{number}, which was only "
            f"{sum_of(total, currency)}."
        )
        yield Oddity(f"order:{pk}", text)


def without_customer(store: Store, at: datetime) -> Iterator[Oddity]:
    rows = orders(store).filter(customer=None)
    for pk, number in rows.values_list("pk", "number").iterator():
        yield Oddity(f"order:{pk}", f"Order #{number} names no customer.")


def without_product(store: Store, at: datetime) -> Iterator[Oddity]:
    """One finding for each thing that was sold, however often it was."""
    rows = OrderLine.objects.of(store).filter(product=None, order__deleted_at=None)
    groups = rows.exclude(order__status__in=Order.NOT_PLACED).values("name", "sku")
    for row in groups.annotate(n=Count("order", distinct=True)).order_by("name", "sku"):
        name, known = row["name"] or "Something without a name", row["sku"]
        digest = sha256(f"{name}\n{known}".encode()).hexdigest()[:32]
        text = (
            f"\N{LEFT DOUBLE QUOTATION MARK}{name[:120]}"
            f"\N{RIGHT DOUBLE QUOTATION MARK} was sold in {counted(row['n'], 'order')}, "
            "but there is no such product."
        )
        yield Oddity(f"sold:{digest}", text)


def deleted_though_sold(store: Store, at: datetime) -> Iterator[Oddity]:
    gone = Product.objects.of(store).filter(deleted_at__gt=at - LATELY)
    sold = (
        OrderLine.objects.of(store)
        .filter(product__in=gone, order__placed_at__gt=at - 2 * LATELY)
        .filter(order__placed_at__gt=F("product__deleted_at") - LATELY)
        .filter(~Q(order__status__in=Order.NOT_EARNING), order__deleted_at=None)
    )
    names = ("product_id", "product__name", "product__deleted_at")
    groups = sold.values_list(*names).annotate(n=Sum("quantity"))
    for pk, name, deleted_at, pieces in groups.order_by("product_id"):
        text = (
            f"{name[:120]} was deleted on {day(deleted_at, store)}, though "
            f"{counted(pieces, 'piece')} of it sold in the 30 days before."
        )
        yield Oddity(f"product:{pk}", text)


CHECKS = (
    Check(
        "orders.wrong_total",
        "Orders that do not add up",
        "Open the order in your shop and press Recalculate. Gift cards and store "
        "credit of some plugins look like this: then it is as it should be.",
        wrong_total,
    ),
    Check(
        "orders.refunded_too_much",
        "Refunds larger than their order",
        "Open the order in your shop and delete the refund that was entered twice.",
        refunded_too_much,
    ),
    Check(
        "orders.no_customer",
        "Orders without a customer",
        "Open the order in your shop and enter the customer or at least an e-mail.",
        without_customer,
    ),
    Check(
        "lines.no_product",
        "Sold things that are no product",
        "If you deleted the product on purpose, it is as it should be. If not, fetch it "
        "back from the bin under Products in your shop.",
        without_product,
    ),
    Check(
        "lines.product_deleted",
        "Products deleted though they sold",
        "If it was deleted by mistake, fetch it back from the bin in your shop.",
        deleted_though_sold,
    ),
)
