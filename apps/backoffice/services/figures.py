"""How the shop is doing, in few queries: the database adds up, never Python."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum

from apps.accounts.models import Store
from apps.backoffice.services.period import Period
from apps.shop.models import Order, OrderLine, Product, Variant

NOTHING = Decimal(0)
FEW_LEFT = 3
LIST_LENGTH = 8


@dataclass(frozen=True)
class Sales:
    """Orders whose money counts, by the day on which they were placed.

    Sums are of orders in the store's currency alone: nothing adds EUR to USD.
    """

    orders: int
    total: Decimal
    refunded: Decimal
    # How many are in other currencies: {"USD": 3}.
    elsewhere: dict[str, int]

    @property
    def revenue(self) -> Decimal:
        return self.total - self.refunded

    @property
    def average(self) -> Decimal:
        summed = self.orders - sum(self.elsewhere.values())
        return self.revenue / summed if summed else NOTHING


def sales(store: Store, period: Period) -> tuple[Sales, Sales]:
    """Of the period and of the one before it, from one pass over the index."""
    now = Q(placed_at__gte=period.start)
    rows = (
        Order.objects.of(store)
        .earning()
        .filter(placed_at__gte=period.before.start, placed_at__lt=period.end)
        .order_by("currency")
        .values("currency")
        .annotate(
            orders=Count("pk", filter=now),
            paid=Sum("total", filter=now, default=NOTHING),
            paid_back=Sum("refunded_total", filter=now, default=NOTHING),
            orders_before=Count("pk", filter=~now),
            paid_before=Sum("total", filter=~now, default=NOTHING),
            paid_back_before=Sum("refunded_total", filter=~now, default=NOTHING),
        )
    )
    found = {row["currency"]: row for row in rows}
    return summed(store, found), summed(store, found, "_before")


def summed(store: Store, found: dict[str, Any], which: str = "") -> Sales:
    counts = {name: row[f"orders{which}"] for name, row in found.items()}
    own = found.get(store.currency, {})
    return Sales(
        sum(counts.values()),
        own.get(f"paid{which}", NOTHING),
        own.get(f"paid_back{which}", NOTHING),
        {name: n for name, n in counts.items() if n and name != store.currency},
    )


@dataclass(frozen=True)
class Buyers:
    new: int
    returning: int


def buyers(store: Store, period: Period) -> Buyers:
    """New: the first order of all lies in the period. Guests count by e-mail."""
    found = (
        Order.objects.of(store)
        .earning()
        .filter(placed_at__gte=period.start, placed_at__lt=period.end)
        .exclude(customer=None)
        .aggregate(
            everyone=Count("customer", distinct=True),
            new=Count(
                "customer",
                distinct=True,
                filter=Q(customer__first_ordered_at__gte=period.start),
            ),
        )
    )
    return Buyers(found["new"], found["everyone"] - found["new"])


def sold_lines(store: Store, period: Period) -> Any:
    return (
        OrderLine.objects.of(store)
        .filter(
            # Said of the order too, whose index by store and day is the short way in.
            order__store=store,
            order__deleted_at=None,
            order__placed_at__gte=period.start,
            order__placed_at__lt=period.end,
        )
        .exclude(order__status__in=Order.NOT_EARNING)
    )


def best_sellers(store: Store, period: Period) -> list[dict[str, Any]]:
    """By pieces; `paid` without tax, before refunds, in the store's currency.

    Grouped by a sum rather than the bare column: else SQLite reads every line ever
    sold, in the order of its index by product, instead of the period's orders.
    """
    return list(
        sold_lines(store, period)
        .exclude(product=None)
        .annotate(sold=F("product_id") + 0)
        .values("sold")
        .annotate(
            pieces=Sum("quantity"),
            paid=Sum(
                "total", filter=Q(order__currency=store.currency), default=NOTHING
            ),
        )
        .order_by("-pieces", "-paid", "sold")[:LIST_LENGTH]
    )


def products_of(store: Store, ids: list[int]) -> dict[int, Product]:
    return Product.objects.of(store).prefetch_related("images").in_bulk(ids)


@dataclass(frozen=True)
class Shelf:
    """Sizes and colors of published products of which the shop counts the pieces."""

    sold_out: int
    few_left: int


def shelf(store: Store) -> Shelf:
    found = counted(store).aggregate(
        sold_out=Count("pk", filter=Q(stock_quantity__lte=0)),
        few_left=Count(
            "pk", filter=Q(stock_quantity__gt=0, stock_quantity__lte=FEW_LEFT)
        ),
    )
    return Shelf(found["sold_out"], found["few_left"])


def counted(store: Store) -> Any:
    return (
        Variant.objects.of(store)
        .live()
        .filter(
            manages_stock=True,
            product__status=Product.Status.PUBLISHED,
            product__deleted_at=None,
        )
    )


def wanted_but_gone(store: Store, period: Period) -> list[dict[str, Any]]:
    """What sold best in the period and is gone now, or nearly."""
    return list(
        sold_lines(store, period)
        .filter(
            variant__deleted_at=None,
            variant__manages_stock=True,
            variant__stock_quantity__lte=FEW_LEFT,
        )
        .values(
            "product",
            title=F("product__name"),
            color=F("variant__color"),
            size=F("variant__size"),
            left=F("variant__stock_quantity"),
        )
        .annotate(pieces=Sum("quantity"))
        .order_by("-pieces", "title")[:LIST_LENGTH]
    )
