"""From events to who did what with which product, and at what price."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from apps.events.models.rollups import UNIT
from apps.events.services.rolling import tables
from apps.events.services.rolling.counting import order_lines
from apps.events.services.rolling.tables import Table
from apps.shop.models import PriceChange

MOMENT = pl.Datetime("us", "UTC")
ACTS = (
    "product_view", "add_to_cart", "remove_from_cart", "wishlist", "review",
    "recommendation_clicked",
)  # fmt: skip
ACT: dict[str, Any] = {
    "id": pl.String,
    "store_id": pl.Int64,
    "visitor": pl.String,
    "customer_woo_id": pl.Int64,
    "product_woo_id": pl.Int64,
    "variant_woo_id": pl.Int64,
    "type": pl.String,
    "at": MOMENT,
    "price": pl.Float64,
    "currency": pl.String,
    "quantity": pl.Int64,
}
INTERACTIONS = Table(
    "events_interaction",
    {
        "id": pl.String,
        "store_id": pl.Int64,
        "visitor": pl.String,
        "customer_id": pl.Int64,
        "product_id": pl.Int64,
        "variant_id": pl.Int64,
        "type": pl.String,
        "at": MOMENT,
        "price": pl.Float64,
        "currency": pl.String,
        "quantity": pl.Int64,
    },
    unique=["id"],
    keeps_first=True,
    casts={"id": "uuid"},
)
OF_SHOP = {"id": pl.Int64, "store_id": pl.Int64, "woo_id": pl.Int64}
PRODUCTS = Table("shop_product", OF_SHOP, unique=["id"])
VARIANTS = Table("shop_variant", OF_SHOP, unique=["id"])
CUSTOMERS = Table(
    "shop_customer", {**OF_SHOP, "merged_into_id": pl.Int64}, unique=["id"]
)
PRICES: dict[str, Any] = {
    "product_id": pl.Int64,
    "variant_id": pl.Int64,
    "at": MOMENT,
    "shop_price": pl.Float64,
    "shop_currency": pl.String,
}


def acts_of(seen: pl.DataFrame) -> pl.DataFrame:
    """One row for each product of each such event, robots left out."""
    people = seen.filter(~pl.col("is_bot"))
    takes_back = pl.col("said").struct.field("action") == "remove"
    single = people.filter(
        pl.col("type").is_in(ACTS) & pl.col("product_woo_id").is_not_null()
    ).with_columns(
        type=pl.when(takes_back)
        .then(pl.lit("wishlist_remove"))
        .otherwise(pl.col("type")),
        price=pl.col("value"),
    )
    lines = (
        order_lines(people.lazy())
        .collect()
        .with_columns(id=line_id(), price=pl.col("units") / UNIT)
    )
    both = [rows.select(as_act()) for rows in (single, lines)]
    return pl.concat(both)


def as_act() -> list[pl.Expr]:
    has_price = pl.col("price").is_not_null()
    made = {
        "quantity": pl.col("quantity").fill_null(1),
        "currency": pl.when(has_price).then("currency").otherwise(pl.lit("")),
    }
    return [made.get(n, pl.col(n)).cast(dtype).alias(n) for n, dtype in ACT.items()]


def line_id() -> pl.Expr:
    """The event's own id for the first line, one more for each further one."""
    last = pl.col("id").str.tail(8).str.to_integer(base=16, dtype=pl.Int64)
    counted = (last + pl.col("line")) % (1 << 32)
    texts = counted.map_elements("{:08x}".format, return_dtype=pl.String)
    return pl.concat_str(pl.col("id").str.head(24), texts)


def write(acts: pl.DataFrame) -> None:
    """Tie to the shop's copy, and keep. What is kept already stays as it is."""
    if acts.is_empty():
        return
    tied = with_customers(with_goods(acts))
    tables.write(INTERACTIONS, with_prices(tied))


def with_goods(acts: pl.DataFrame) -> pl.DataFrame:
    products = known(PRODUCTS, acts, "product_woo_id").rename({"id": "product_id"})
    variants = known(VARIANTS, acts, "variant_woo_id").rename({"id": "variant_id"})
    return acts.join(
        products,
        left_on=["store_id", "product_woo_id"],
        right_on=["store_id", "woo_id"],
    ).join(
        variants,
        left_on=["store_id", "variant_woo_id"],
        right_on=["store_id", "woo_id"],
        how="left",
    )


def with_customers(acts: pl.DataFrame) -> pl.DataFrame:
    """By the shop's number; whoever was merged into another is the other."""
    people = known(CUSTOMERS, acts, "customer_woo_id").select(
        "store_id", "woo_id", customer_id=pl.coalesce("merged_into_id", "id")
    )
    return acts.join(
        people,
        left_on=["store_id", "customer_woo_id"],
        right_on=["store_id", "woo_id"],
        how="left",
    )


def known(table: Table, acts: pl.DataFrame, column: str) -> pl.DataFrame:
    keys = acts.select("store_id", woo_id=column).drop_nulls()
    return tables.find(table, keys)


def with_prices(acts: pl.DataFrame) -> pl.DataFrame:
    """Where the page said none: what the shop's copy asked at that moment, for the
    variant, or else for the product."""
    unsaid = acts.filter(pl.col("price").is_null())
    history = prices_of(unsaid["product_id"].unique().to_list())
    if history.is_empty():
        return acts
    of_variant = history.filter(pl.col("variant_id").is_not_null())
    of_product = history.filter(pl.col("variant_id").is_null()).drop("variant_id")
    priced = acts.sort("at").join_asof(
        of_variant.drop("product_id"), on="at", by="variant_id", check_sortedness=False
    )
    priced = priced.join_asof(
        of_product, on="at", by="product_id", suffix="_all", check_sortedness=False
    )
    is_said = pl.col("price").is_not_null()
    currency = pl.coalesce("shop_currency", "shop_currency_all").fill_null("")
    return priced.with_columns(
        currency=pl.when(is_said).then("currency").otherwise(currency),
        price=pl.coalesce("price", "shop_price", "shop_price_all"),
    )


def prices_of(products: Sequence[int]) -> pl.DataFrame:
    """In time's order. A sweep over what several stores' visitors did."""
    found: list[tuple[Any, ...]] = []
    for share in batched(products, 10_000):
        rows = PriceChange.objects.across_stores().filter(product__in=share)
        found += [
            (product, variant, at, float(price), currency)
            for product, variant, at, price, currency in rows.order_by(
                "changed_at", "pk"
            ).values_list("product_id", "variant_id", "changed_at", "price", "currency")
        ]
    return pl.DataFrame(found, schema=PRICES, orient="row").sort(
        "at", maintain_order=True
    )


def batched(products: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(products), size):
        yield products[start : start + size]
