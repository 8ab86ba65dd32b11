"""From events to sessions and visitors. Parts of a session fold into one by sums,
minima and maxima alone: in any order, in any pieces, the end is the same."""

from __future__ import annotations

import polars as pl

from apps.events.services.rolling.counting import ADDED, in_seconds, summed, sums_of
from apps.events.services.rolling.seen import (
    ABOUT_VISIT,
    MOST_PATH,
    Shops,
    store_day,
    with_midnight,
)

MOMENT = pl.Datetime("us", "UTC")
SUMS = {
    "page_views": ("page_view",),
    "product_views": ("product_view",),
    "searches": ("search",),
    "cart_adds": ("add_to_cart",),
    "orders": ("order",),
    "pick_clicks": ("recommendation_clicked",),
    "frustrations": ("rage_click", "dead_click", "form_error"),
}
FIRSTS = {
    "viewed_at": ("product_view",),
    "carted_at": ("add_to_cart",),
    "checkout_at": ("checkout_start", "checkout_step"),
    "ordered_at": ("order",),
}
ADDED_UP = ("events", *SUMS, "revenue", "visible_ms")
OF_LANDING = (
    "landing_path", "referrer", "utm_source", "utm_medium", "utm_campaign", "utm_term",
    "utm_content", "channel", "device", "browser", "system", "country", "region",
)  # fmt: skip
VISIT = ("store_id", "key")
SESSION = {
    "store_id": pl.Int64,
    "key": pl.String,
    "visitor": pl.String,
    "started_at": MOMENT,
    "last_at": MOMENT,
    **dict.fromkeys(ADDED_UP, pl.Int64),
    **dict.fromkeys(FIRSTS, MOMENT),
    "landing": pl.String,
    **dict.fromkeys(OF_LANDING, pl.String),
    "is_bot": pl.Boolean,
}
VISITOR = {
    "store_id": pl.Int64,
    "key": pl.String,
    "first_at": MOMENT,
    "last_at": MOMENT,
    "sessions": pl.Int64,
}
VISITOR_DAY = {"store_id": pl.Int64, "seen_on": pl.Date, "visitor": pl.String}
# What a mailbox tells: nobody was in the shop for it.
AWAY = ("message_sent", "message_opened")
STEPS = ("sessions_viewed", "sessions_carted", "sessions_checkout", "sessions_ordered")


def sessions_of(seen: pl.DataFrame) -> pl.DataFrame:
    """What these events say of their sessions."""
    is_a = pl.col("type").is_in
    own_order = is_a(["order"]) & pl.col("own_currency")
    seconds = pl.col("said").struct.field("seconds").fill_null(0)
    is_away = pl.col("type").is_in(AWAY)
    parts = seen.filter((pl.col("session") != "") & ~is_away).select(
        "store_id",
        pl.col("session").alias("key"),
        "visitor",
        pl.col("at").alias("started_at"),
        pl.col("at").alias("last_at"),
        pl.lit(1, pl.Int64).alias("events"),
        *(is_a(types).cast(pl.Int64).alias(name) for name, types in SUMS.items()),
        pl.when(own_order).then("units").otherwise(0).alias("revenue"),
        (seconds * 1000).round().cast(pl.Int64).alias("visible_ms"),
        *(
            pl.when(is_a(types)).then("at").otherwise(None).alias(name)
            for name, types in FIRSTS.items()
        ),
        landing().alias("landing"),
        pl.col("path").str.head(MOST_PATH).alias("landing_path"),
        *(name for name in ABOUT_VISIT if name in OF_LANDING),
        "is_bot",
    )
    return fold(parts.select(list(SESSION)))


def landing() -> pl.Expr:
    """Sorts the events of a session: those that name a page first, then by time."""
    rank = (
        pl.when(pl.col("url") != "")
        .then(pl.lit("0"))
        .when(pl.col("agent") != "")
        .then(pl.lit("1"))
        .otherwise(pl.lit("2"))
    )
    milliseconds = pl.col("at").dt.epoch("ms").cast(pl.String).str.zfill(13)
    return pl.concat_str(rank, milliseconds, "id")


def fold(parts: pl.DataFrame) -> pl.DataFrame:
    """Several parts of a session are one. Sorted, so that "first" is the landing's."""
    named = pl.col("visitor").filter(pl.col("visitor") != "")
    return (
        parts.sort("landing")
        .group_by(VISIT)
        .agg(
            named.min().fill_null("").alias("visitor"),
            pl.col("started_at").min(),
            pl.col("last_at").max(),
            pl.col(ADDED_UP).sum(),
            pl.col(list(FIRSTS)).min(),
            pl.col("landing", *OF_LANDING).first(),
            pl.col("is_bot").any(),
        )
        .select(list(SESSION))
    )


def added_by_sessions(sessions: pl.DataFrame, shops: Shops) -> pl.DataFrame:
    """What whole sessions add to the day on which they began; robots add nothing.

    A step counts for whoever came so far or farther: an order without a product's page
    before it is no gap in the funnel.
    """
    people = sessions.filter(~pl.col("is_bot"))
    days = people.with_columns(day=store_day("started_at", people["store_id"], shops))
    reached = pl.lit(value=False)
    steps = {}
    for step, first in zip(reversed(STEPS), reversed(FIRSTS), strict=True):
        reached = reached | pl.col(first).is_not_null()
        steps[step] = reached
    bounced = (pl.col("page_views") <= 1) & (
        pl.col("cart_adds") + pl.col("orders") == 0
    )
    rows = with_midnight(days, shops).with_columns(
        sessions=pl.lit(value=True), sessions_bounced=bounced, **steps
    )
    found = [
        part_of(rows.lazy(), name, dimension, key)
        for name in ("sessions", "sessions_bounced", *STEPS)
        for dimension, key in BY.items()
    ]
    return pl.concat(found).collect()


BY = {
    "": pl.lit("", pl.String),
    "channel": pl.col("channel"),
    "device": pl.col("device"),
    "country": pl.col("country"),
    "campaign": pl.col("utm_campaign"),
    "landing": pl.col("landing_path"),
}
# Nobody asks how many are of no campaign; the others' unknown counts.
NEEDS_KEY = ("campaign", "landing")


def part_of(
    rows: pl.LazyFrame, name: str, dimension: str, key: pl.Expr
) -> pl.LazyFrame:
    amount = {
        "sessions": in_seconds(pl.col("visible_ms")),
        "sessions_ordered": pl.col("revenue"),
    }.get(name, pl.lit(0, pl.Int64))
    counted = rows.filter(pl.col(name)).select(
        "store_id",
        grain=pl.lit("day"),
        starts_at="starts_at",
        name=pl.lit(name),
        dimension=pl.lit(dimension),
        key=key,
        count=pl.lit(1, pl.Int64),
        amount=amount,
    )
    if dimension in NEEDS_KEY:
        counted = counted.filter(pl.col("key") != "")
    return sums_of(counted)


def was_here() -> pl.Expr:
    is_away = pl.col("type").is_in(AWAY)
    return (pl.col("visitor") != "") & ~pl.col("is_bot") & ~is_away


def visitors_of(seen: pl.DataFrame) -> pl.DataFrame:
    people = seen.filter(was_here())
    return fold_visitors(
        people.select(
            "store_id",
            key="visitor",
            first_at="at",
            last_at="at",
            sessions=pl.lit(0, pl.Int64),
        )
    )


def fold_visitors(parts: pl.DataFrame) -> pl.DataFrame:
    return (
        parts.group_by(VISIT)
        .agg(
            pl.col("first_at").min(), pl.col("last_at").max(), pl.col("sessions").sum()
        )
        .select(list(VISITOR))
    )


def sessions_by_visitor(sessions: pl.DataFrame) -> pl.DataFrame:
    """How many each visitor had: parts of visitors that say nothing of time."""
    people = sessions.filter((pl.col("visitor") != "") & ~pl.col("is_bot"))
    return (
        people.group_by("store_id", pl.col("visitor").alias("key"))
        .agg(pl.len().cast(pl.Int64).alias("sessions"))
        .with_columns(first_at=pl.lit(None, MOMENT), last_at=pl.lit(None, MOMENT))
        .select(list(VISITOR))
    )


def visitor_days_of(seen: pl.DataFrame) -> pl.DataFrame:
    people = seen.filter(was_here())
    found = people.select("store_id", pl.col("day").alias("seen_on"), "visitor")
    return found.unique().select(list(VISITOR_DAY))


def added_by_visitors(new_days: pl.DataFrame, shops: Shops) -> pl.DataFrame:
    rows = with_midnight(new_days.rename({"seen_on": "day"}), shops)
    return summed(
        rows.select(
            "store_id",
            "starts_at",
            grain=pl.lit("day"),
            name=pl.lit("visitors"),
            dimension=pl.lit(""),
            key=pl.lit(""),
            count=pl.lit(1, pl.Int64),
            amount=pl.lit(0, pl.Int64),
        ).select(list(ADDED))
    )
