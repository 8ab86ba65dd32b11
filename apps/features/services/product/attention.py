"""Who looks at a product, and what comes of it."""

from __future__ import annotations

import polars as pl

from apps.features.definitions.product import WINDOWS
from apps.features.services.behavior import CART, VIEW, WISH, Behavior
from apps.features.services.shares import part

MONTH = 28


def attention(behavior: Behavior) -> pl.LazyFrame:
    known = behavior.known
    recent = pl.col("at") >= known.since(MONTH)
    is_view = pl.col("type") == VIEW
    counts = behavior.touches.group_by("product").agg(
        *(
            ((pl.col("type") == kind) & (pl.col("at") >= known.since(days)))
            .sum()
            .alias(f"{verb}_{days}")
            for verb, kind in (("views", VIEW), ("carts", CART))
            for days in WINDOWS
        ),
        viewers_28=pl.col("visitor").filter(is_view & recent).n_unique(),
        wishlists_28=((pl.col("type") == WISH) & recent).sum(),
    )
    orders = known.lines.filter(recent & pl.col("product").is_not_null())
    bought = orders.group_by("product").agg(bought=pl.col("order").n_unique())
    return (
        counts.join(bought, on="product", how="left")
        .with_columns(pl.col("bought").fill_null(0))
        .with_columns(
            view_to_cart=part(pl.col("carts_28"), pl.col("views_28")),
            cart_to_buy=part(pl.col("bought"), pl.col("carts_28")),
            view_to_buy=part(pl.col("bought"), pl.col("views_28")),
        )
        .drop("bought")
    )
