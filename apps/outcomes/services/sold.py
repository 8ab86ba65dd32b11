"""What orders brought in the end, many at once: as shop's services/margin.py reckons it
for one, to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl
from django.db.models import F
from django.db.models.functions import Coalesce

from apps.accounts.models import Store
from apps.features.services.rows import (
    AMOUNT,
    INT,
    MOMENT,
    MONEY_UNIT,
    TEXT,
    frame_of,
)
from apps.shop.models import Order, OrderLine
from apps.shop.services.margin import order_margin

AT_ONCE = 400
NET = {"order": pl.Int64, "revenue": pl.Int64, "margin": pl.Int64}


def sold(store: Store, start: datetime, end: datetime) -> pl.DataFrame:
    """order, person, at, currency, is_first, revenue, margin: placed in this time and
    earning. Amounts are whole ten-thousandths; margin is null where a cost is unknown.
    """
    orders = Order.objects.of(store).earning()
    orders = orders.filter(placed_at__gte=start, placed_at__lt=end)
    found = frame_of(
        orders.annotate(
            person_id=Coalesce("customer__merged_into", "customer"),
            first_at=F("customer__first_ordered_at"),
        ),
        order=(INT, "pk"),
        person=(INT, "person_id"),
        at=(MOMENT, "placed_at"),
        first_at=(MOMENT, "first_at"),
        currency=(TEXT, "currency"),
    )
    lines = frame_of(
        OrderLine.objects.of(store).filter(order__in=orders.values("pk")),
        order=(INT, "order_id"),
        units=(INT, "quantity"),
        total=(AMOUNT, "total"),
        unit_cost=(AMOUNT, "unit_cost"),
    )
    sums = net_of_lines(lines)
    refunded = orders.filter(refunds__deleted_at=None, refunds__isnull=False)
    again = after_refunds(store, sorted(set(refunded.values_list("pk", flat=True))))
    net = pl.concat([sums.join(again, on="order", how="anti"), again])
    return (
        found.join(net, on="order", how="left")
        .with_columns(
            is_first=(pl.col("first_at") == pl.col("at")).fill_null(value=False),
            revenue=pl.col("revenue").fill_null(0),
        )
        .drop("first_at")
        .sort("at", "order")
    )


def net_of_lines(lines: pl.DataFrame) -> pl.DataFrame:
    margin = pl.col("total") - pl.col("unit_cost") * pl.col("units")
    is_known = pl.col("unit_cost").is_not_null().all()
    return (
        lines.group_by("order")
        .agg(
            revenue=pl.col("total").sum(),
            margin=pl.when(is_known).then(margin.sum()),
        )
        .select(list(NET))
        .cast(pl.Schema(NET))
    )


def after_refunds(store: Store, ids: Sequence[int]) -> pl.DataFrame:
    found: list[tuple[int, int, int | None]] = []
    for first in range(0, len(ids), AT_ONCE):
        rows = Order.objects.of(store).filter(pk__in=ids[first : first + AT_ONCE])
        for order in rows.with_money():
            net = order_margin(order)
            margin = net.margin
            found.append(
                (
                    order.pk,
                    int(net.revenue * MONEY_UNIT),
                    None if margin is None else int(margin * MONEY_UNIT),
                )
            )
    return pl.DataFrame(found, schema=NET, orient="row")
