"""What a product is, and how it sells."""

from __future__ import annotations

import polars as pl

from apps.features.definitions.product import WINDOWS
from apps.features.services.known import Known
from apps.features.services.product.stock import in_stock
from apps.features.services.shares import money, part

KEPT = pl.col("units") - pl.col("back")


def identity(known: Known) -> pl.LazyFrame:
    return known.goods.products.lazy().select(
        "product",
        "category",
        "main_category",
        "brand",
        added_days=known.age(pl.col("known_at")),
    )


def sold(known: Known) -> pl.LazyFrame:
    return known.lines.filter(pl.col("product").is_not_null())


def selling(known: Known) -> pl.LazyFrame:
    def since(days: int) -> pl.Expr:
        return pl.col("at") >= known.since(days)

    priced = pl.col("total").is_not_null()
    costed = (
        since(365) & pl.col("unit_cost").is_not_null() & pl.col("net").is_not_null()
    )
    revenue = pl.col("net").filter(costed).sum()
    cost = (pl.col("unit_cost") * KEPT).filter(costed).sum()
    sums = (
        sold(known)
        .group_by("product")
        .agg(
            *(KEPT.filter(since(n)).sum().alias(f"units_{n}") for n in WINDOWS),
            *(
                money(pl.col("net").filter(since(n)).sum()).alias(f"revenue_{n}")
                for n in WINDOWS
            ),
            units_total=KEPT.sum(),
            orders_90=pl.col("order").filter(since(90)).n_unique(),
            buyers_90=pl.col("customer").filter(since(90)).drop_nulls().n_unique(),
            first_sold_days=known.age(pl.col("at").min()),
            last_sold_days=known.age(pl.col("at").max()),
            return_share=part(pl.col("back").sum(), pl.col("units").sum()),
            price_paid=money(
                part(
                    pl.col("total").filter(priced).sum(),
                    pl.col("units").filter(priced).sum(),
                )
            ),
            margin_share=part(revenue - cost, revenue),
        )
    )
    return sums.join(pace(known), on="product", how="left")


def pace(known: Known) -> pl.LazyFrame:
    """Pieces sold a day, before returns: what was wanted. Days on which nothing was
    there are no days without wanting; none known in stock: calendar days count."""
    rows = sold(known).filter(pl.col("at") >= known.since(28))
    last = pl.col("units").filter(pl.col("at") >= known.since(7)).sum()
    sums = rows.group_by("product").agg(month=pl.col("units").sum(), week=last)
    days = in_stock(known, 28).select("product", "in_stock")
    there = pl.when(pl.col("in_stock") >= 1).then(pl.col("in_stock")).otherwise(28)
    return sums.join(days, on="product", how="left").select(
        "product",
        velocity=pl.col("month") / there,
        acceleration=pl.col("week") / 7 - (pl.col("month") - pl.col("week")) / 21,
    )
