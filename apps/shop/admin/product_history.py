"""What happened to a product: sold, priced, in stock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from apps.core.merchant_admin import Cell, Chart, Panel
from apps.core.merchant_admin.panels import Point
from apps.core.merchant_admin.show import NOTHING, moment, money
from apps.shop.models import Order, OrderLine, PriceChange, Product, StockChange

SHOWN = 30
WEEKS = 26


def sales_panel(product: Product) -> Panel:
    """Pieces sold in each of the last weeks, counted in the store's days."""
    today = timezone.localdate()
    first = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    sold = [0] * WEEKS
    lines = (
        OrderLine.objects.of(product.store)
        .filter(
            product=product,
            order__deleted_at=None,
            order__placed_at__gte=timezone.now() - timedelta(weeks=WEEKS),
        )
        .exclude(order__status__in=Order.NOT_EARNING)
        .values_list("order__placed_at")
        .annotate(pieces=Sum("quantity"))
    )
    for at, pieces in lines:
        week = (timezone.localtime(at).date() - first).days // 7
        if 0 <= week < WEEKS:
            sold[week] += pieces
    points = [
        Point(f"{first + timedelta(weeks=n):%-d %b}", count, f"{count} pieces")
        for n, count in enumerate(sold)
    ]
    return Panel(
        "Sold by week",
        note=f"{sum(sold)} pieces in {WEEKS} weeks, before returns.",
        chart=Chart("Pieces sold by week", points, "Pieces", "Week of", str(max(sold))),
    )


def prices_panel(product: Product) -> Panel:
    changes: Any = PriceChange.objects.of(product.store).filter(product=product)
    rows = [
        (
            moment(change.changed_at),
            str(change.variant or "All"),
            Cell(money(change.price, change.currency), is_number=True),
            Cell(money(change.regular_price, change.currency), is_number=True),
            change.reason or NOTHING,
        )
        for change in changes.select_related("variant").order_by("-changed_at", "-pk")[
            :SHOWN
        ]
    ]
    return Panel(
        "What it cost shoppers",
        ("From", "Size and color", "Price", "Regular price", "Why"),
        rows,
        note=f"The newest {SHOWN}." if len(rows) == SHOWN else "",
        empty="No price has been noted yet.",
    )


def stock_panel(product: Product) -> Panel:
    changes: Any = StockChange.objects.of(product.store).filter(
        variant__product=product
    )
    rows = [
        (
            moment(change.changed_at),
            str(change.variant),
            Cell(
                NOTHING if change.quantity is None else str(change.quantity),
                is_number=True,
            ),
            change.reason or NOTHING,
        )
        for change in changes.select_related("variant").order_by("-changed_at", "-pk")[
            :SHOWN
        ]
    ]
    return Panel(
        "How many there were",
        ("From", "Size and color", "Pieces", "Why"),
        rows,
        note=f"The newest {SHOWN}." if len(rows) == SHOWN else "",
        empty="No stock has been noted yet.",
    )
