"""Events as everything that counts looks at them: with the store's own day, and with
what their context tells. From frame to frame; only the place of an address is read
from a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from apps.events.models.rollups import UNIT
from apps.events.services.enrich import browser_of, channel_of, host_of, place_of

CONTEXT = pl.Struct(
    {
        "url": pl.String,
        "referrer": pl.String,
        "browser": pl.String,
        "ip": pl.String,
        "utm": pl.Struct(
            {
                "source": pl.String,
                "medium": pl.String,
                "campaign": pl.String,
                "term": pl.String,
                "content": pl.String,
            }
        ),
    }
)
ITEMS = pl.List(
    pl.Struct(
        {
            "product": pl.Int64,
            "variant": pl.Int64,
            "quantity": pl.Int64,
            "price": pl.Float64,
        }
    )
)
# What counts, of all that a type of event may say.
PROPERTIES: dict[str, Any] = {
    "query": pl.String,
    "results": pl.Int64,
    "category": pl.String,
    "placement": pl.String,
    "products": pl.List(pl.Int64),
    "element": pl.String,
    "x": pl.Float64,
    "y": pl.Float64,
    "seconds": pl.Float64,
    "channel": pl.String,
    "action": pl.String,
    "items": ITEMS,
}
ABOUT_VISIT = (
    "url", "path", "referrer", "utm_source", "utm_medium", "utm_campaign", "utm_term",
    "utm_content", "channel", "device", "browser", "system", "country", "region",
)  # fmt: skip
PATH = r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*([^?#]*)"
# Of WooCommerce's pages about one order, whose number stays out of what is counted.
ORDER_PATH = r"(?s)(/(?:order-received|order-pay|view-order)/).*"
MOST_PATH = 200


@dataclass(frozen=True)
class Shop:
    """What must be known of a store to count for it."""

    zone: ZoneInfo
    currency: str

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.zone).astimezone(UTC)


Shops = Mapping[int, Shop]


def seen(events: pl.DataFrame, shops: Shops) -> pl.DataFrame:
    """One row for each event of a store that is still there."""
    known = events.filter(pl.col("store_id").is_in(list(shops)))
    return (
        known.join(contexts(known["context"]), on="context", how="left")
        .with_columns(
            own_currency=pl.col("currency")
            == pl.col("store_id").replace_strict(
                {pk: shop.currency for pk, shop in shops.items()},
                return_dtype=pl.String,
            ),
            units=units(pl.col("value")).fill_null(0),
            day=store_day("at", known["store_id"], shops),
            said=pl.col("properties").str.json_decode(pl.Struct(PROPERTIES)),
        )
        .drop("context", "properties")
    )


# A billion of any currency. Whoever claims more is believed so much: a whole day of
# such claims is still a number that the column holds.
MOST_UNITS = 10**9 * UNIT


def units(amount: pl.Expr) -> pl.Expr:
    return bounded((amount * UNIT).round()).cast(pl.Int64)


def bounded(amount: pl.Expr) -> pl.Expr:
    return amount.clip(-MOST_UNITS, MOST_UNITS)


def store_day(column: str, stores: pl.Series, shops: Shops) -> pl.Expr:
    """The day of the store in which the moment lies."""
    by_zone: dict[str, list[int]] = {}
    for pk in stores.unique():
        by_zone.setdefault(str(shops[pk].zone), []).append(pk)
    found: pl.Expr = pl.lit(None, pl.Date)
    for zone, ids in by_zone.items():
        local = pl.col(column).dt.convert_time_zone(zone).dt.date()
        found = pl.when(pl.col("store_id").is_in(ids)).then(local).otherwise(found)
    return found


def with_midnight(rows: pl.DataFrame, shops: Shops) -> pl.DataFrame:
    """`starts_at`: when the row's `day` began in its store."""
    days = rows.select("store_id", "day").unique()
    began = [shops[pk].midnight(day) for pk, day in days.iter_rows()]
    starts = days.with_columns(
        starts_at=pl.Series(began, dtype=pl.Datetime("us", "UTC"))
    )
    return rows.join(starts, on=["store_id", "day"], how="left")


def contexts(column: pl.Series) -> pl.DataFrame:
    """What each different context tells: a page's events share one text."""
    texts = column.unique()
    said = texts.str.json_decode(CONTEXT).struct.unnest().unnest("utm", separator="_")
    found = (
        said.rename({"browser": "agent"})
        .with_columns(pl.all().fill_null(""))
        .with_columns(
            path=pl.col("url")
            .str.extract(PATH)
            .str.replace(ORDER_PATH, "${1}")
            .str.head(MOST_PATH)
            .fill_null("")
        )
        .with_columns(
            path=pl.when((pl.col("url") != "") & (pl.col("path") == ""))
            .then(pl.lit("/"))
            .otherwise(pl.col("path"))
        )
    )
    return with_channel(with_place(with_browser(found))).with_columns(context=texts)


def with_browser(rows: pl.DataFrame) -> pl.DataFrame:
    told = {text: browser_of(text) for text in rows["agent"].unique()}
    table = pl.DataFrame(
        [(text, *found) for text, found in told.items()],
        schema={
            "agent": pl.String,
            "device": pl.String,
            "browser": pl.String,
            "system": pl.String,
            "is_bot": pl.Boolean,
        },
        orient="row",
    )
    return rows.join(table, on="agent", how="left", maintain_order="left")


def with_place(rows: pl.DataFrame) -> pl.DataFrame:
    told = [(ip, *place_of(ip)) for ip in rows["ip"].unique()]
    schema = {"ip": pl.String, "country": pl.String, "region": pl.String}
    table = pl.DataFrame(told, schema=schema, orient="row")
    return rows.join(table, on="ip", how="left", maintain_order="left").drop("ip")


def with_channel(rows: pl.DataFrame) -> pl.DataFrame:
    """`referrer` becomes the host alone: the rest may name a person."""
    said = rows.select("url", "referrer", "utm_source", "utm_medium")
    told = [(channel_of(*row), host_of(row[1])) for row in said.iter_rows()]
    channels, hosts = zip(*told, strict=True) if told else ((), ())
    return rows.with_columns(
        channel=pl.Series(list(channels), dtype=pl.String),
        referrer=pl.Series(list(hosts), dtype=pl.String).str.head(MOST_PATH),
    )
