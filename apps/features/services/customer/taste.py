"""What a customer likes: prices, categories, brands, sizes, colors."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import polars as pl
from django.db.models import Sum

from apps.accounts.models import Store
from apps.events.services.analytics.remember import recalled
from apps.features.services.customer.buying import baskets, sold
from apps.features.services.known import Known
from apps.features.services.rows import Units
from apps.features.services.shares import entropy, joined, part, profile, spread
from apps.shop.models import Order, OrderLine

DAY_SECONDS = 26 * 3600
BANDS = ("low", "mid", "high")


def price_sense(known: Known) -> pl.LazyFrame:
    subtotal, total = pl.col("subtotal").sum(), pl.col("total").sum()
    discounts = (
        baskets(known)
        .group_by("customer")
        .agg(
            discount_share=part(subtotal - total, subtotal),
            coupon_order_share=pl.col("has_coupon").mean(),
        )
    )
    priced = known.goods.price_at(
        sold(known).select("customer", "product", "variant", "units", "at")
    ).filter(pl.col("price").is_not_null())
    is_reduced = pl.col("price") < pl.col("regular")
    reduced = priced.group_by("customer").agg(
        reduced_share=part(
            pl.col("units").filter(is_reduced).sum(), pl.col("units").sum()
        )
    )
    return joined([discounts, reduced, bands_of(known)], on=["customer"])


def bands_of(known: Known) -> pl.LazyFrame:
    lines = sold(known).join(price_bands(known), on="product")
    whole = pl.col("units").sum()
    shares = {
        name: part(pl.col("units").filter(pl.col("band") == name).sum(), whole)
        for name in BANDS
    }
    counted = lines.group_by("customer").agg(
        **{f"band_{name}_share": share for name, share in shares.items()}
    )
    even = lines.group_by("customer", "band").agg(pl.col("units").sum())
    of_all = pl.col("units") / pl.col("units").sum()
    spread_of = (
        even.filter(pl.col("units") > 0)
        .group_by("customer")
        .agg(band_entropy=entropy(of_all))
    )
    return counted.join(spread_of, on="customer", how="left")


def price_bands(known: Known) -> pl.LazyFrame:
    """product, band: the third of its main category that its usual price lies in."""
    categories = known.goods.products.lazy().select("product", "main_category")
    usual = pl.col("subtotal") / pl.col("units")
    place = (usual.rank("average").over("main_category") - 0.5) / pl.len().over(
        "main_category"
    )
    return (
        totals(known)
        .join(categories, on="product")
        .with_columns(pl.col("main_category").fill_null(0))
        .with_columns(place=place)
        .select(
            "product",
            band=pl.when(pl.col("place") < 1 / 3)
            .then(pl.lit("low"))
            .when(pl.col("place") < 2 / 3)
            .then(pl.lit("mid"))
            .otherwise(pl.lit("high")),
        )
    )


def totals(known: Known) -> pl.LazyFrame:
    """product, units, subtotal: of all customers, in the store's currency.

    Where few customers are read, the database adds up the others.
    """
    if known.few is None:
        found = known.lines.filter(
            pl.col("product").is_not_null() & pl.col("subtotal").is_not_null()
        )
        sums = found.group_by("product").agg(pl.col("units", "subtotal").sum())
    else:
        rows = (
            added_up(known.store, known.as_of)
            if known.compared_at is None
            else sold_before(known.store, known.compared_at)
        )
        names = ("product", "units", "subtotal")
        schema = dict.fromkeys(names, pl.Int64)
        sums = pl.DataFrame(rows, schema=schema, orient="row").lazy()
    return sums.filter(pl.col("units") > 0)


def sold_before(store: Store, before: datetime) -> list[tuple[int, int, int]]:
    """Remembered for a day."""
    key = f"features:sold:{store.pk}:{before.isoformat()}"
    found: list[tuple[int, int, int]] = recalled(
        key, DAY_SECONDS, partial(added_up, store, before)
    )
    return found


def added_up(store: Store, before: datetime) -> list[tuple[int, int, int]]:
    rows = (
        OrderLine.objects.of(store)
        .filter(order__in=Order.objects.of(store).earning())
        .filter(order__placed_at__lt=before)
        .filter(order__currency=store.currency, product__isnull=False)
        .order_by("product_id")
        .values_list("product_id")
        .annotate(units=Sum("quantity"), amount=Sum(Units("subtotal")))
    )
    return list(rows)


def taste(known: Known) -> pl.LazyFrame:
    goods = known.goods
    products = goods.products.lazy().select(
        "product", "brand", "category", "main_category"
    )
    variants = goods.variants.lazy().select("variant", "size", "color")
    lines = (
        sold(known)
        .join(products, on="product", how="left")
        .join(variants, on="variant", how="left")
        .with_columns(pl.col("brand").replace("", None))
    )
    kept = lines.with_columns(units=pl.col("units") - pl.col("back"))
    parts = [
        spread(lines, "customer", "category").rename(
            {"shares": "category_shares", "entropy": "category_entropy"}
        ),
        spread(lines, "customer", "brand").rename(
            {"shares": "brand_shares", "entropy": "brand_entropy"}
        ),
        profile(kept, "customer", "main_category", "size").rename(
            {"shares": "size_profile"}
        ),
        profile(lines, "customer", "main_category", "color").rename(
            {"shares": "color_profile"}
        ),
    ]
    return joined(parts, on=["customer"])
