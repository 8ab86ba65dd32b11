"""A visit, as far as it had come by a moment. Robots are left out."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from apps.features.services.behavior import CART, VIEW, Behavior
from apps.features.services.shares import money

WINDOW = timedelta(days=30)
COLUMNS = (
    "id", "at", "type", "session", "product_woo_id", "quantity", "value", "currency",
)  # fmt: skip
ANNOYED = ("rage_click", "dead_click", "form_error")


def steps(behavior: Behavior) -> pl.LazyFrame:
    """Raw events of the window's visits, with what they say about goods."""
    known = behavior.known
    products = known.goods.products.lazy().select("product", "main_category", "woo")
    raw = behavior.raw(COLUMNS).lazy().filter(pl.col("session") != "")
    is_own = pl.col("currency") == known.store.currency
    return (
        raw.join(
            products.drop_nulls("woo"),
            left_on="product_woo_id",
            right_on="woo",
            how="left",
        )
        .with_columns(
            at=pl.col("at").dt.epoch("us"),
            amount=pl.when(is_own).then((pl.col("value") * 10_000).round()),
        )
        .select(
            "session", "type", "at", "id", "product", "main_category",
            "product_woo_id", "amount", "quantity",
        )
        .sort("at", "id")
    )  # fmt: skip


def visit(behavior: Behavior, found: pl.LazyFrame) -> pl.LazyFrame:
    known = behavior.known
    local = known.local(pl.col("at"))
    visits = behavior.visits.lazy().select(
        "session",
        "customer",
        "device",
        "source",
        hour=local.dt.hour(),
        weekday=local.dt.weekday(),
    )
    spans = found.group_by("session").agg(
        dwell_seconds=(pl.col("at").max() - pl.col("at").min()) / 1_000_000,
        events=pl.len(),
    )
    return visits.join(spans, on="session", how="left")


def depth(found: pl.LazyFrame) -> pl.LazyFrame:
    is_view = pl.col("type") == VIEW
    return found.group_by("session").agg(
        pages=(pl.col("type") == "page_view").sum(),
        views=is_view.sum(),
        products=pl.col("product_woo_id").filter(is_view).drop_nulls().n_unique(),
        categories=pl.col("main_category").filter(is_view).drop_nulls().n_unique(),
        searches=(pl.col("type") == "search").sum(),
        shelf_clicks=(pl.col("type") == "recommendation_clicked").sum(),
        frustrations=pl.col("type").is_in(ANNOYED).sum(),
    )


def cart(found: pl.LazyFrame) -> pl.LazyFrame:
    """The worth is what a cart or checkout said last; before one did, what was put in
    less what was taken out."""
    price = pl.col("amount").filter(pl.col("type") == VIEW)
    said = pl.col("amount").filter(
        pl.col("type").is_in(["cart", "checkout_start"])
        & pl.col("amount").is_not_null()
    )
    pieces = pl.col("amount") * pl.col("quantity").fill_null(1)
    taken = pl.col("type") == "remove_from_cart"
    put = pieces.filter(pl.col("type") == CART).sum() - pieces.filter(taken).sum()
    return found.group_by("session", maintain_order=True).agg(
        carts=(pl.col("type") == CART).sum(),
        removals=taken.sum(),
        cart_value=money(pl.max_horizontal(pl.coalesce(said.last(), put), pl.lit(0.0))),
        checkouts=(pl.col("type") == "checkout_start").sum(),
        price_low=money(price.min()),
        price_mean=money(price.mean()),
        price_high=money(price.max()),
    )
