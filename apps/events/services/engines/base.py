"""What an engine of events can do. Two are built: the database that everything else
lies in, and ClickHouse for shops that have outgrown one machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import polars as pl

from apps.accounts.models import Store
from apps.events.services.rows import Row

# The columns of a frame of events, whatever engine it comes from.
FRAME = {
    "id": pl.String,  # 32 hexadecimal digits, in the order of time
    "store_id": pl.Int64,
    "batch_id": pl.Int64,
    "at": pl.Datetime("us", "UTC"),
    "type": pl.String,
    "visitor": pl.String,
    "session": pl.String,
    "customer_woo_id": pl.Int64,
    "product_woo_id": pl.Int64,
    "variant_woo_id": pl.Int64,
    "quantity": pl.Int64,
    "value": pl.Float64,
    "currency": pl.String,
    "properties": pl.String,  # JSON
    "context": pl.String,  # JSON
}


@dataclass(frozen=True)
class FunnelStep:
    type: str
    # Sessions that came so far, each step after the one before and in time.
    sessions: int


@dataclass(frozen=True)
class Count:
    at: datetime
    type: str
    count: int
    value: float


class Engine(Protocol):
    def prepare(self, store_id: int, rows: Sequence[Row]) -> Any:
        """What `append` takes of one request: made in the thread that serves it."""

    def append(self, prepared: Sequence[Any], count: int, at: datetime) -> None:
        """Keep several requests' rows in one commit, as one batch. Durable on return;
        rows that are kept already stay as they are."""

    def of_batches(self, batches: Sequence[int]) -> pl.DataFrame:
        """The rows that these batches brought."""

    def between(
        self,
        store: Store,
        start: datetime,
        end: datetime,
        types: Sequence[str] | None = None,
        columns: Sequence[str] = tuple(FRAME),
    ) -> pl.DataFrame:
        """The store's rows of [start, end), by `at` and id. `context` and `properties`
        are most of a row: who needs neither leaves them out."""

    def counts(
        self, store: Store, start: datetime, end: datetime, grain: str
    ) -> list[Count]:
        """Events and value by type and minute, hour or day (UTC), from the raw rows."""

    def funnel(
        self,
        store: Store,
        steps: Sequence[str],
        start: datetime,
        end: datetime,
        window: timedelta,
    ) -> list[FunnelStep]:
        """How many sessions of [start, end) did the first step, then within `window`
        the second, and so on."""

    def told(
        self,
        store: Store,
        visitors: Sequence[str],
        customers: Sequence[int],
        most: int,
        after: str = "",
    ) -> list[dict[str, Any]]:
        """What these people did, by `id`, behind that one: for people who ask.
        `properties` and `context` are read already."""

    def forget(
        self, store: Store, visitors: Sequence[str], customers: Sequence[int]
    ) -> int:
        """Erase what these people did, for good."""

    def expire(self, store: Store, before: datetime) -> int:
        """Drop what the store's plan no longer keeps."""
