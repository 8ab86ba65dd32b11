"""Who ordered when and for how much, as the models of value read it.

Orders that earned by then, without tax and less refunds, each on its day of the store's
own time; who was found to be somebody else is one with them, who is gone is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from apps.accounts.models import Store
from apps.events.services.analytics.span import today_of
from apps.features.services.known import Known
from apps.features.services.rows import AMOUNT, INT, MOMENT, MONEY_UNIT, frame_of
from apps.shop.models import Refund
from ml_models.data import Floats
from ml_models.value.purchases import Purchases, Refunds, purchases

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Bought:
    """`today`: days since 1970, the store's own. customers: ids by their number in
    `purchases`; orders, spent, earned: (customers,), earned NaN where no cost is known.
    """

    as_of: datetime
    today: int
    customers: list[int]
    purchases: Purchases
    orders: Floats
    spent: Floats
    earned: Floats

    @property
    def first(self) -> int:
        return int(self.purchases.days.min())

    @property
    def first_at(self) -> datetime:
        return datetime.fromtimestamp(self.first * 86_400, UTC)


def read(store: Store, as_of: datetime) -> Bought:
    known = Known(store, as_of)
    rows = orders(known)
    ids = rows["customer"].to_numpy()
    customers, who = np.unique(ids, return_inverse=True)
    spent, kept = rows["revenue"].to_numpy(), rows["earned"].to_numpy()
    is_known, count = np.isfinite(kept), len(customers)
    earned = np.bincount(who[is_known], kept[is_known], count)
    has_cost = np.bincount(who[is_known], minlength=count) > 0
    return Bought(
        as_of=as_of,
        today=(today_of(store, as_of) - EPOCH).days,
        customers=customers.tolist(),
        purchases=purchases(
            who,
            rows["day"].to_numpy(),
            rows["gross"].to_numpy(),
            rows["units"].to_numpy(),
            rows["margin"].to_numpy(),
            refunds=given_back(known, rows, customers),
            costed=rows["costed"].to_numpy(),
        ),
        orders=np.bincount(who, minlength=count).astype(np.float64),
        spent=np.bincount(who, spent, count).astype(np.float64),
        earned=np.where(has_cost, earned, np.nan),
    )


def orders(known: Known) -> pl.DataFrame:
    """order, customer, day, gross, revenue, units, costed, margin, earned: one row an
    order. gross, and costed and margin of the lines with a cost, are before refunds:
    money given back for goods that stay says nothing of what the next order earns.
    earned is after them, of the same lines; NaN where no line has a cost."""
    is_costed = pl.col("unit_cost").is_not_null()
    cost = pl.col("unit_cost") * pl.col("units")
    kept_cost = pl.col("unit_cost") * (pl.col("units") - pl.col("back"))
    sums = known.lines.group_by("order").agg(
        gross=pl.col("total").sum() / MONEY_UNIT,
        revenue=pl.col("net").sum() / MONEY_UNIT,
        costed=pl.col("total").filter(is_costed).sum() / MONEY_UNIT,
        margin=(pl.col("total") - cost).filter(is_costed).sum() / MONEY_UNIT,
        earned=(pl.col("net") - kept_cost).filter(is_costed).sum() / MONEY_UNIT,
        has_cost=is_costed.any(),
        units=pl.col("units").sum(),
    )
    amounts = pl.col("gross", "revenue", "costed", "margin", "units").fill_null(0)
    return (
        known.orders.join(known.people.lazy().select("customer"), on="customer")
        .join(sums, on="order", how="left")
        .with_columns(amounts)
        .select(
            "order",
            "customer",
            "gross",
            "revenue",
            "costed",
            "margin",
            day=day_of(known),
            units=pl.col("units").cast(pl.Float64),
            earned=pl.when("has_cost").then("earned").otherwise(float("nan")),
        )
        .sort("customer", "day", "order")
        .collect()
    )


def day_of(known: Known) -> pl.Expr:
    """Days since 1970, the store's own."""
    return known.local(pl.col("at")).dt.date().cast(pl.Int32).cast(pl.Int64)


def given_back(
    known: Known, orders: pl.DataFrame, customers: NDArray[np.int64]
) -> Refunds:
    """Each on its own day: no past day may know a refund of later. What is gone from an
    order is shared among its refunds by their amounts."""
    rows = known.there(Refund.objects.of(known.store))
    found = frame_of(
        rows.filter(refunded_at__lt=known.as_of),
        order=(INT, "order_id"),
        amount=(AMOUNT, "amount"),
        at=(MOMENT, "refunded_at"),
    ).filter(pl.col("amount") > 0)
    gone = pl.col("gross") - pl.col("revenue")
    part = pl.col("amount") / pl.col("amount").sum().over("order")
    back = (
        found.join(orders.select("order", "customer", "gross", "revenue"), on="order")
        .select("customer", "order", "at", gone=-gone * part, day=day_of(known))
        .sort("customer", "at", "order")
    )
    return Refunds(
        np.searchsorted(customers, back["customer"].to_numpy()),
        back["day"].to_numpy(),
        back["gone"].to_numpy(),
    )
