"""What a product costs, and against its neighbors."""

from __future__ import annotations

import polars as pl

from apps.features.services.known import Known
from apps.features.services.shares import money, part


def price(known: Known) -> pl.LazyFrame:
    """The median is of the products that were there and whose price is known."""
    goods = known.goods
    products = goods.products.lazy().select("product", "category", "is_there")
    now = goods.price_now.lazy().join(products, on="product")
    median = pl.col("price").filter(pl.col("is_there")).median().over("category")
    regular = pl.coalesce("regular", "price")
    return (
        now.with_columns(median=median)
        .select(
            "product",
            price=money(pl.col("price")),
            regular_price=money(regular),
            discount_depth=pl.max_horizontal(
                part(regular - pl.col("price"), regular), pl.lit(0.0)
            ),
            price_index=part(pl.col("price"), pl.col("median")),
        )
        .join(changes(known), on="product", how="left")
    )


def changes(known: Known) -> pl.LazyFrame:
    """Times at which a price became another one; the first entry is no change."""
    moved = (
        known.goods.prices.lazy()
        .with_columns(
            before=pl.col("price")
            .shift(1)
            .over("product", pl.col("variant").fill_null(0))
        )
        .filter(pl.col("price") != pl.col("before"))
    )
    return moved.group_by("product").agg(
        # Sizes that change together are one change.
        price_changes_90=pl.col("at")
        .filter(pl.col("at") >= known.since(90))
        .n_unique(),
        price_days=known.age(pl.col("at").max()),
    )
