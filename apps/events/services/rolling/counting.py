"""From events to what they add to the metrics. Pure: the same frame, the same sums,
in whatever pieces and order the events come."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from apps.events.models.rollups import UNIT
from apps.events.services.rolling.grid import COLUMNS, ROWS
from apps.events.services.rolling.seen import Shops, bounded, units, with_midnight

ADDED = {
    "store_id": pl.Int64,
    "grain": pl.String,
    "starts_at": pl.Datetime("us", "UTC"),
    "name": pl.String,
    "dimension": pl.String,
    "key": pl.String,
    "count": pl.Int64,
    "amount": pl.Int64,
}
CELL = ("store_id", "grain", "starts_at", "name", "dimension", "key")
# How long the finer ones are kept, and days of what visitors typed or a page made up:
# it may name a person, and there is no end of it. Other days stay. Each product's hours serve what is wanted
# now, which looks back two weeks; there are nearly as many as events.
KEPT = {
    ("minute", ""): timedelta(days=2),
    ("hour", ""): timedelta(days=60),
    ("hour", "product"): timedelta(days=15),
    **{
        ("day", dimension): timedelta(days=400)
        for dimension in ("query", "path", "element", "cell", "landing", "campaign")
    },
}
# People type addresses and numbers of orders into a search, too: such ones count among
# all searches, and are not told one by one.
PERSONAL = r"@|\d{6}"
EVERY = {"minute": "1m", "hour": "1h"}
# Amounts of the others are prices of single pieces, which add up to nothing.
WORTH = ("order", "cart", "checkout_start")
PIECES = ("add_to_cart", "remove_from_cart")
FRUSTRATIONS = ("rage_click", "dead_click", "form_error")
MOST_KEY = 200
NOTHING = pl.lit("", pl.String)
ONE = pl.lit(1, pl.Int64)
ZERO = pl.lit(0, pl.Int64)


def of_events(seen: pl.DataFrame, shops: Shops, as_of: datetime) -> pl.DataFrame:
    """What these events add, by minute, hour and day; robots are counted apart."""
    everyone = with_midnight(seen, shops).rename({"starts_at": "midnight"}).lazy()
    rows = everyone.filter(~pl.col("is_bot"))
    robots = everyone.filter("is_bot").with_columns(type=pl.lit("bots"))
    found = [
        *by_day_hour_minute(rows, as_of),
        *by_product(rows, as_of),
        *by_kind(rows),
        picked(robots, "browser", pl.col("browser")),
    ]
    return sums_of(pl.concat(found)).collect()


def summed(added: pl.DataFrame) -> pl.DataFrame:
    return sums_of(added.lazy()).collect()


def sums_of(added: pl.LazyFrame) -> pl.LazyFrame:
    sums = added.group_by(CELL).agg(pl.col("count", "amount").sum())
    some = (pl.col("count") != 0) | (pl.col("amount") != 0)
    return sums.filter(some).select(list(ADDED))


def worth() -> pl.Expr:
    """In the store's currency alone: nothing adds EUR to USD."""
    pieces = bounded(pl.col("units") * pl.col("quantity").fill_null(1))
    seconds = units(pl.col("said").struct.field("seconds")).fill_null(0)
    return (
        pl.when(pl.col("type") == "page_leave")
        .then(seconds)
        .when(~pl.col("own_currency"))
        .then(ZERO)
        .when(pl.col("type").is_in(WORTH))
        .then(pl.col("units"))
        .when(pl.col("type").is_in(PIECES))
        .then(pieces)
        .otherwise(ZERO)
    )


def picked(
    rows: pl.LazyFrame,
    dimension: str,
    key: pl.Expr,
    *,
    count: pl.Expr = ONE,
    amount: pl.Expr = ZERO,
    grain: str = "day",
) -> pl.LazyFrame:
    """One dimension of one grain. Without a key there is nothing to count."""
    moment = (
        pl.col("midnight") if grain == "day" else pl.col("at").dt.truncate(EVERY[grain])
    )
    return sums_of(
        rows.select(
            "store_id",
            grain=pl.lit(grain),
            starts_at=moment,
            name=pl.col("type"),
            dimension=pl.lit(dimension),
            key=key.fill_null("").cast(pl.String).str.head(MOST_KEY),
            count=count,
            amount=amount,
        ).filter((pl.col("key") != "") | (pl.lit(dimension) == ""))
    )


def lately(
    rows: pl.LazyFrame, grain: str, as_of: datetime, dimension: str = ""
) -> pl.LazyFrame:
    return rows.filter(pl.col("at") >= as_of - KEPT[grain, dimension])


def by_day_hour_minute(rows: pl.LazyFrame, as_of: datetime) -> list[pl.LazyFrame]:
    found = [picked(rows, "", NOTHING, amount=worth())]
    for grain in EVERY:
        recent = lately(rows, grain, as_of)
        found.append(picked(recent, "", NOTHING, amount=worth(), grain=grain))
    return found


def by_product(rows: pl.LazyFrame, as_of: datetime) -> list[pl.LazyFrame]:
    key = pl.col("product_woo_id").cast(pl.String)
    about = rows.filter(pl.col("product_woo_id").is_not_null())
    sold, shown = bought(rows), shown_products(rows)
    found = []
    for grain in ("day", "hour"):
        parts = about, sold, shown
        if grain == "hour":
            parts = tuple(lately(part, grain, as_of, "product") for part in parts)  # type: ignore[assignment]
        found += [
            picked(parts[0], "product", key, amount=worth(), grain=grain),
            picked(
                parts[1],
                "product",
                key,
                count=pl.col("quantity"),
                amount=pl.col("units"),
                grain=grain,
            ),
            picked(parts[2], "product", key, grain=grain),
        ]
    return found


def bought(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Each line of each order: pieces, and what they cost in the store's currency."""
    lines = order_lines(rows)
    own = pl.when(pl.col("own_currency")).then(pl.col("units")).otherwise(ZERO)
    return lines.with_columns(
        type=pl.lit("bought"),
        units=bounded(own.fill_null(0) * pl.col("quantity")),
    )


def order_lines(rows: pl.LazyFrame) -> pl.LazyFrame:
    """`units` of one piece, null where the page did not say; `line` counts from 0."""
    orders = rows.filter(pl.col("type") == "order")
    item = pl.col("items").struct.field
    return (
        orders.with_columns(items=pl.col("said").struct.field("items"))
        .with_columns(line=pl.int_ranges(pl.col("items").list.len()))
        .explode("items", "line")
        .filter(pl.col("items").is_not_null() & item("product").is_not_null())
        .with_columns(
            product_woo_id=item("product"),
            variant_woo_id=item("variant"),
            quantity=item("quantity").fill_null(1),
            units=units(item("price")),
        )
    )


def shown_products(rows: pl.LazyFrame) -> pl.LazyFrame:
    shown = rows.filter(pl.col("type") == "recommendation_shown")
    return (
        shown.with_columns(product_woo_id=pl.col("said").struct.field("products"))
        .explode("product_woo_id")
        .filter(pl.col("product_woo_id").is_not_null())
    )


def by_kind(rows: pl.LazyFrame) -> list[pl.LazyFrame]:
    """Days by what else tells one event from the other."""
    said = pl.col("said").struct.field
    typed = said("query").str.strip_chars().str.to_lowercase()
    query = pl.when(~typed.str.contains(PERSONAL)).then(typed)
    searches = of_type(rows, "search")
    frustrated = of_type(rows, *FRUSTRATIONS)
    money = pl.when(pl.col("type") == "order").then(pl.col("units")).otherwise(ZERO)
    return [
        picked(rows, "country", pl.col("country"), amount=worth()),
        picked(rows, "device", pl.col("device"), amount=worth()),
        picked(of_type(rows, "page_view"), "path", pl.col("path")),
        picked(of_type(rows, "category_view"), "category", said("category")),
        picked(searches, "query", query),
        picked(
            searches.filter(said("results") == 0).with_columns(
                type=pl.lit("search_empty")
            ),
            "query",
            query,
        ),
        picked(
            of_type(rows, "recommendation_shown", "recommendation_clicked", *PIECES),
            "placement",
            said("placement"),
        ),
        picked(
            of_type(rows, "message_sent", "message_opened", "message_clicked"),
            "channel",
            said("channel"),
        ),
        picked(frustrated, "path", pl.col("path")),
        picked(frustrated, "element", said("element")),
        picked(of_type(rows, "order"), "currency", pl.col("currency"), amount=money),
        heat(of_type(rows, "click", "rage_click", "dead_click")),
    ]


def of_type(rows: pl.LazyFrame, *types: str) -> pl.LazyFrame:
    return rows.filter(pl.col("type").is_in(types))


def heat(clicks: pl.LazyFrame) -> pl.LazyFrame:
    """By page and cell, as `/path#column,row`."""
    said = pl.col("said").struct.field
    column = (said("x") * COLUMNS).floor().clip(0, COLUMNS - 1).cast(pl.Int64)
    row = (said("y") * ROWS).floor().clip(0, ROWS - 1).cast(pl.Int64)
    placed = clicks.filter(said("x").is_not_null() & said("y").is_not_null())
    key = pl.format("{}#{},{}", pl.col("path").str.head(MOST_KEY - 10), column, row)
    return picked(placed.filter(pl.col("path") != ""), "cell", key)


def in_seconds(milliseconds: pl.Expr) -> pl.Expr:
    return milliseconds * (UNIT // 1000)
