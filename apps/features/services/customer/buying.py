"""What a customer buys, when, and what comes back."""

from __future__ import annotations

import polars as pl

from apps.features.services.known import Known
from apps.features.services.rows import DAY
from apps.features.services.shares import money, part


def sold(known: Known) -> pl.LazyFrame:
    return known.lines.filter(pl.col("customer").is_not_null())


def baskets(known: Known) -> pl.LazyFrame:
    """Orders with the sums of their lines."""
    amounts = (
        sold(known)
        .group_by("order")
        .agg(pl.col("units", "back").sum(), pl.col("subtotal", "total", "net").sum())
    )
    orders = known.orders.filter(pl.col("customer").is_not_null())
    sums = pl.col("units", "back", "subtotal", "total", "net")
    return orders.join(amounts, on="order", how="left").with_columns(sums.fill_null(0))


def buying(known: Known) -> pl.LazyFrame:
    def since(days: int) -> pl.Expr:
        return pl.col("at") >= known.since(days)

    own = pl.col("is_own")
    sums = (
        baskets(known)
        .group_by("customer")
        .agg(
            orders=pl.len(),
            orders_90=since(90).sum(),
            orders_365=since(365).sum(),
            units=(pl.col("units") - pl.col("back")).sum(),
            spent=money(pl.col("net").sum()),
            spent_90=money(pl.col("net").filter(since(90)).sum()),
            spent_365=money(pl.col("net").filter(since(365)).sum()),
            average_order=money(pl.col("total").filter(own).mean()),
        )
    )
    variety = (
        sold(known)
        .group_by("customer")
        .agg(products=pl.col("product").drop_nulls().n_unique())
    )
    return sums.join(variety, on="customer", how="left")


def rhythm(known: Known) -> pl.LazyFrame:
    local = known.local(pl.col("at"))
    orders = (
        known.orders.filter(pl.col("customer").is_not_null())
        .sort("customer", "at", "order")
        .with_columns(
            gap=pl.col("at").diff().over("customer") / DAY,
            hour=local.dt.hour(),
            weekday=local.dt.weekday(),
        )
    )
    gap_mean = pl.col("gap").mean()
    recency = known.age(pl.col("at").max())
    return orders.group_by("customer").agg(
        recency_days=recency,
        tenure_days=known.age(pl.col("at").min()),
        gap_mean=gap_mean,
        gap_median=pl.col("gap").median(),
        gap_sd=pl.col("gap").std(),
        overdue=part(recency, gap_mean),
        # The smallest of several that are as frequent.
        preferred_hour=pl.col("hour").mode().min(),
        preferred_weekday=pl.col("weekday").mode().min(),
        weekend_share=(pl.col("weekday") >= 6).mean(),
    )


def returning(known: Known) -> pl.LazyFrame:
    units, back = pl.col("units").sum(), pl.col("back").sum()
    total, net = pl.col("total").sum(), pl.col("net").sum()
    return (
        sold(known)
        .group_by("customer")
        .agg(
            returned_units=back,
            return_share=part(back, units),
            refund_share=part(total - net, total),
        )
    )
