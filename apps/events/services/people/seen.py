"""What a frame of events says about who visitors are. Pure."""

from __future__ import annotations

import polars as pl

from apps.events.models import Evidence

# Of one visitor, and of one customer on one day: far above what is believed, so that
# what is left out changes nothing, and no sender fills the table.
MOST_KEPT = 300

# They name who was written to, not who did something in a browser.
SAYS_NOTHING = ("message_sent", "message_opened")
KEY = ("store_id", "visitor", "evidence", "woo_id", "hour_at")


def seen_in(frame: pl.DataFrame) -> pl.DataFrame:
    """A row for each KEY: first_at, last_at, event_id, value, currency."""
    has_visitor = frame.filter(pl.col("visitor") != "")
    rows = pl.concat([named_in(has_visitor), orders_in(has_visitor)])
    found = (
        rows.with_columns(hour_at=pl.col("at").dt.truncate("1h"))
        .group_by(KEY)
        .agg(
            first_at=pl.col("at").min(),
            last_at=pl.col("at").max(),
            event_id=pl.col("id").sort_by("at", "id").first(),
            value=pl.col("value").max(),
            currency=pl.col("currency").max(),
        )
        .sort(KEY)
    )
    return bounded(found)


def named_in(frame: pl.DataFrame) -> pl.DataFrame:
    kind = pl.col("type")
    named = frame.filter(
        pl.col("customer_woo_id").is_not_null(), ~kind.is_in(SAYS_NOTHING)
    )
    return named.select(
        "store_id",
        "visitor",
        "id",
        "at",
        evidence=pl.when(kind == "login")
        .then(pl.lit(Evidence.LOGIN.value))
        .when(kind == "message_clicked")
        .then(pl.lit(Evidence.EMAIL.value))
        .otherwise(pl.lit(Evidence.TOKEN.value)),
        woo_id=pl.col("customer_woo_id"),
        value=pl.lit(None, pl.Float64),
        currency=pl.lit(""),
    )


def orders_in(frame: pl.DataFrame) -> pl.DataFrame:
    """Of orders that name no customer, unless the visitor did not want to be known."""
    orders = frame.filter(
        pl.col("type") == "order", pl.col("customer_woo_id").is_null()
    ).with_columns(
        woo_id=pl.col("properties")
        .str.json_path_match("$.order")
        .cast(pl.Int64, strict=False),
        personal=pl.col("context").str.json_path_match("$.personal"),
    )
    wanted = orders.filter(
        pl.col("woo_id").is_not_null(), pl.col("personal").fill_null("") != "false"
    )
    return wanted.select(
        "store_id",
        "visitor",
        "id",
        "at",
        evidence=pl.lit(Evidence.ORDER.value),
        woo_id=pl.col("woo_id"),
        value=pl.col("value"),
        currency=pl.col("currency"),
    )


def bounded(rows: pl.DataFrame) -> pl.DataFrame:
    who = pl.struct("evidence", "woo_id").rank("dense").over("store_id", "visitor")
    day = pl.col("hour_at").dt.date()
    where = pl.col("visitor").rank("dense").over("store_id", "evidence", "woo_id", day)
    return rows.filter(who <= MOST_KEPT, where <= MOST_KEPT)
