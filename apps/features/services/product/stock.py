"""How much of a product is there, and for how long it was."""

from __future__ import annotations

import polars as pl

from apps.features.services.known import Known
from apps.features.services.rows import DAY
from apps.features.services.shares import part


def spells(known: Known, days: int) -> pl.LazyFrame:
    """variant, product, start, end, can_order: of the last days, from their first
    entry on; before it nothing is known of a variant."""
    goods = known.goods
    since = known.since(days)
    can_order = pl.col("quantity").is_null() | (pl.col("quantity") > 0)
    variants = goods.variants.lazy().select("variant", "product")
    return (
        goods.stocks.lazy()
        .with_columns(
            start=pl.max_horizontal("at", pl.lit(since)),
            end=pl.col("at").shift(-1).over("variant").fill_null(known.until),
            can_order=can_order,
        )
        .filter(pl.col("end") > since)
        .join(variants, on="variant")
        .select("variant", "product", "start", "end", "can_order")
    )


def in_stock(known: Known, days: int) -> pl.LazyFrame:
    """product, in_stock, recorded: days on average of its variants; one that sells
    twice as much counts twice."""
    span = pl.col("end") - pl.col("start")
    each = (
        spells(known, days)
        .group_by("product", "variant")
        .agg(
            there=span.filter(pl.col("can_order")).sum() / DAY,
            recorded=span.sum() / DAY,
        )
    )
    weights = (
        known.lines.filter(pl.col("at") >= known.since(365))
        .group_by("variant")
        .agg(weight=pl.col("units").sum() + 1)
    )
    weighed = each.join(weights, on="variant", how="left").with_columns(
        pl.col("weight").fill_null(1)
    )
    weight = pl.col("weight")
    return (
        weighed.sort("product", "variant")
        .group_by("product")
        .agg(
            in_stock=(pl.col("there") * weight).sum() / weight.sum(),
            recorded=(pl.col("recorded") * weight).sum() / weight.sum(),
        )
    )


def stock(known: Known) -> pl.LazyFrame:
    """Where one size is not counted the pieces of the product are unknown."""
    goods = known.goods
    there = goods.variants.lazy().filter(pl.col("is_there"))
    now = goods.stock_now.lazy()
    counted = pl.when(pl.col("quantity").is_not_null().all()).then(
        pl.col("quantity").clip(lower_bound=0).sum()
    )
    pieces = (
        there.join(now, on="variant")
        .group_by("product")
        .agg(stock=counted, size_share=pl.col("can_order").mean())
    )
    quarter = in_stock(known, 90)
    month = in_stock(known, 28).select("product", in_stock_28="in_stock")
    return pieces.join(
        quarter.rename({"in_stock": "in_stock_90", "recorded": "stock_known_90"}),
        on="product",
        how="full",
        coalesce=True,
    ).join(month, on="product", how="left")


def lasting(rows: pl.LazyFrame) -> pl.LazyFrame:
    """What follows from what sells and what is there; of all parts together."""
    sold, there = pl.col("units_90"), pl.col("stock")
    return rows.with_columns(
        sell_through=part(sold, sold + there),
        cover_days=part(there, pl.col("velocity")),
    )
