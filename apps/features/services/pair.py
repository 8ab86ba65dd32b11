"""A customer and a product: what they looked at, bought, and whether it fits."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from apps.features.services.behavior import CART, VIEW, WISH, Behavior
from apps.features.services.customer.buying import sold
from apps.features.services.known import Known
from apps.features.services.shares import money, part

KEYS = ["customer", "product"]
# Someone who looked at a thing a year ago may not remember it either.
WINDOW = timedelta(days=365)


def seen(behavior: Behavior) -> pl.LazyFrame:
    known = behavior.known
    is_view, is_cart = pl.col("type") == VIEW, pl.col("type") == CART
    looked = behavior.touches.filter(pl.col("customer").is_not_null())
    counts = (
        looked.sort("at")
        .group_by(KEYS, maintain_order=True)
        .agg(
            views=is_view.sum(),
            views_30=(is_view & (pl.col("at") >= known.since(30))).sum(),
            carts=is_cart.sum(),
            wishlists=(pl.col("type") == WISH).sum(),
            view_days=known.age(pl.col("at").filter(is_view).max()),
            cart_days=known.age(pl.col("at").filter(is_cart).max()),
            seen=pl.col("price").filter(is_view & pl.col("price").is_not_null()).last(),
        )
    )
    now = known.goods.price_now.lazy().select("product", "price")
    return (
        counts.join(now, on="product", how="left")
        .with_columns(
            price_seen=money(pl.col("seen")),
            price_change=part(pl.col("price"), pl.col("seen")) - 1,
        )
        .drop("price", "seen")
    )


def bought(known: Known) -> pl.LazyFrame:
    lines = sold(known).filter(pl.col("product").is_not_null())
    return lines.group_by(KEYS).agg(
        orders=pl.col("order").n_unique(),
        units=(pl.col("units") - pl.col("back")).sum(),
        returned_units=pl.col("back").sum(),
        bought_days=known.age(pl.col("at").max()),
    )


def fit(known: Known, pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Of the size of which most pieces were kept in the product's main category; the
    smaller name of two. Unknown where they have none, or the product has no sizes."""
    goods = known.goods
    groups = goods.products.lazy().select(
        "product", pl.col("main_category").fill_null(0)
    )
    variants = goods.variants.lazy().filter(pl.col("is_there") & (pl.col("size") != ""))
    sizes = variants.select("variant", "size")
    kept = (
        sold(known)
        .join(sizes, on="variant")
        .join(groups, on="product")
        .group_by("customer", "main_category", "size")
        .agg(kept=(pl.col("units") - pl.col("back")).sum())
        .filter(pl.col("kept") > 0)
        .sort("kept", "size", descending=[True, False])
        .group_by("customer", "main_category", maintain_order=True)
        .agg(pl.col("size").first())
    )
    there = (
        variants.join(goods.stock_now.lazy(), on="variant")
        .group_by("product", "size")
        .agg(can_order=pl.col("can_order").any())
    )
    sized = there.select("product", is_sized=pl.lit(True)).unique()
    return (
        pairs.select(KEYS)
        .join(groups, on="product")
        .join(kept, on=["customer", "main_category"])
        .join(sized, on="product")
        .join(there, on=["product", "size"], how="left")
        .select(*KEYS, has_size=pl.col("can_order").fill_null(False))
    )
