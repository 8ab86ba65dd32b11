"""Events in ClickHouse, for shops that have outgrown one database.

Batches stay in the database: they are what readers go by. Each append of all processes
waits for the one before, asks which of its rows are kept already, inserts the others,
and only then commits its batch. So a kept row belongs to one batch for good, and no
reader counts it twice. Killed in between, rows lie there whose batch never was: sent
again they come again, with a later batch, which hides the earlier row.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import polars as pl
from django.conf import settings
from django.db import connection, transaction

from apps.accounts.models import Store
from apps.events.models import EventBatch
from apps.events.models.stream import SLACK, least_id
from apps.events.services.engines.base import FRAME, Count, FunnelStep
from apps.events.services.engines.clickhouse_sessions import Session, connect
from apps.events.services.engines.clickhouse_tables import INCOMING, TABLES
from apps.events.services.engines.erase import FAR, TOLD
from apps.events.services.engines.funnel import check
from apps.events.services.rows import Row

# What no other lock of PostgreSQL here is called.
LOCK = 0x6C75_7865
# Ids of one question; more take longer to read than to look up.
MOST_IDS = 5_000
# Counted batches are forgotten after eight days: services/retention.py.
REMEMBERED = timedelta(days=7)
STARTS = {
    "minute": "toStartOfMinute(at)",
    "hour": "toStartOfHour(at, 'UTC')",
    "day": "toStartOfDay(at, 'UTC')",
}
HEX = "lower(hex(id))"
DOCUMENTS = ("properties", "context")
SAID = {"id": HEX, "value": "toFloat64(value)"}


# ruff: noqa: S608 - ClickHouse's SQL from constants, numbers and `text`
class ClickHouse:
    def __init__(self, url: str = "") -> None:
        self.url = url
        self.opened: tuple[int, Session] | None = None

    @property
    def session(self) -> Session:
        """One for each process: a fork must not answer on its parent's line."""
        if self.opened is None or self.opened[0] != os.getpid():
            session = connect(self.url or settings.CLICKHOUSE_URL)
            for statement in TABLES:
                session.command(statement)
            self.opened = (os.getpid(), session)
        return self.opened[1]

    def prepare(self, store_id: int, rows: Sequence[Row]) -> Any:
        return [(store_id, *row) for row in rows]

    def append(self, prepared: Sequence[Any], count: int, at: datetime) -> None:
        rows = incoming(itertools.chain.from_iterable(prepared))
        with transaction.atomic():
            take_turns()
            new = rows.join(self.kept(rows, at), on=["store_id", "id"], how="anti")
            if new.is_empty():
                return
            batch = EventBatch.objects.create(count=new.height, received_at=at)
            self.insert(new.with_columns(batch_id=pl.lit(batch.pk, pl.Int64)))

    def insert(self, rows: pl.DataFrame) -> None:
        """Rows with their batches, INCOMING's columns, past the question which are new:
        for copies of what is kept elsewhere."""
        octets = pl.col("id").str.decode("hex")
        self.session.insert("events", rows.select(list(INCOMING)).with_columns(octets))

    def kept(self, rows: pl.DataFrame, at: datetime) -> pl.DataFrame:
        """Which of these rows some batch has brought already: `store_id`, `id`."""
        stores = in_list(rows["store_id"].unique())
        asked = {"store_id": "store_id", "id": HEX, "batch_id": "toInt64(batch_id)"}
        found = pl.concat(
            self.select(
                asked, f"WHERE store_id IN {stores} AND id IN {octets(part['id'])}"
            )
            for part in rows.iter_slices(MOST_IDS)
        )
        return found.filter(pl.col("batch_id").is_in(recorded(found["batch_id"], at)))

    def of_batches(
        self, batches: Sequence[int], columns: Sequence[str] = tuple(FRAME)
    ) -> pl.DataFrame:
        if not batches:
            return pl.DataFrame(schema=schema_of(columns))
        where = f"batch_id BETWEEN {min(batches):d} AND {max(batches):d}"
        if max(batches) - min(batches) >= len(set(batches)):
            where += f" AND batch_id IN {in_list(batches)}"
        return self.rows(where, columns)

    def between(
        self,
        store: Store,
        start: datetime,
        end: datetime,
        types: Sequence[str] | None = None,
        columns: Sequence[str] = tuple(FRAME),
    ) -> pl.DataFrame:
        where = period(store, start, end)
        if types is not None:
            where += f" AND type IN {texts(types)}"
        found = self.rows(where, list(dict.fromkeys([*columns, "at", "id"])))
        return found.sort("at", "id").select(columns)

    def rows(self, where: str, columns: Sequence[str]) -> pl.DataFrame:
        asked = {name: SAID.get(name, name) for name in columns}
        found = self.select(asked, f"FINAL WHERE {where}")
        return found.cast(schema_of(columns))

    def select(self, asked: dict[str, str], rest: str) -> pl.DataFrame:
        """Not by `AS`, whose names would also replace the columns in WHERE."""
        found = self.session.frame(
            f"SELECT {', '.join(asked.values())} FROM events {rest}"
        )
        found.columns = list(asked)
        return found

    def counts(
        self, store: Store, start: datetime, end: datetime, grain: str
    ) -> list[Count]:
        """`value` adds up the store's own currency alone: sums never mix two."""
        found = self.session.frame(
            f"SELECT toUnixTimestamp({STARTS[grain]}) AS moment, type, count() AS count,"
            f" toFloat64(sumIf(value, currency = {text(store.currency)})) AS total"
            f" FROM events FINAL WHERE {period(store, start, end)}"
            " GROUP BY moment, type ORDER BY moment, type"
        )
        return [
            Count(datetime.fromtimestamp(moment, UTC), kind, count, total or 0.0)
            for moment, kind, count, total in found.iter_rows()
        ]

    def funnel(
        self,
        store: Store,
        steps: Sequence[str],
        start: datetime,
        end: datetime,
        window: timedelta,
    ) -> list[FunnelStep]:
        """Raises ValueError where a step comes twice: one event would be both."""
        check(steps)
        # Of one moment the earlier step comes first: its place is added, and the window
        # widened by as much. See funnel.py for what is counted.
        room = len(steps)
        places = texts(steps).replace("(", "[").replace(")", "]")
        moment = f"toUInt64(toUnixTimestamp64Milli(at) * {room} + indexOf({places}, type) - 1)"
        wide = window // timedelta(milliseconds=1) * room + room - 1
        found = self.session.frame(
            f"SELECT depth, count() AS sessions FROM (SELECT windowFunnel({wide})({moment},"
            f" {', '.join(f'type = {text(step)}' for step in steps)}) AS depth"
            f" FROM events FINAL WHERE {period(store, start, end)}"
            f" AND session != '' AND type IN {texts(steps)} GROUP BY session)"
            " GROUP BY depth"
        )
        came = dict(found.iter_rows())
        return [
            FunnelStep(step, sum(n for depth, n in came.items() if depth > place))
            for place, step in enumerate(steps)
        ]

    def forget(
        self, store: Store, visitors: Sequence[str], customers: Sequence[int]
    ) -> int:
        theirs = of_people(visitors, customers)
        return self.drop(f"store_id = {store.pk:d} AND ({theirs})") if theirs else 0

    def told(
        self,
        store: Store,
        visitors: Sequence[str],
        customers: Sequence[int],
        most: int,
        after: str = "",
    ) -> list[dict[str, Any]]:
        theirs = of_people(visitors, customers)
        if not theirs:
            return []
        behind = f" AND events.id > unhex('{UUID(after).hex}')" if after else ""
        found = self.session.frame(
            f"SELECT {HEX} AS key, {', '.join(TOLD)} FROM events FINAL"
            f" WHERE store_id = {store.pk:d} AND ({theirs}){behind}"
            f" ORDER BY id LIMIT {most:d}"
        ).rename({"key": "id"})
        return [
            {**row, **{name: json.loads(row[name]) for name in DOCUMENTS}}
            for row in found.iter_rows(named=True)
        ]

    def expire(self, store: Store, before: datetime) -> int:
        near = f"(id < {least(before + SLACK)} OR id >= {least(before + FAR)})"
        return self.drop(
            f"store_id = {store.pk:d} AND {near} AND at < {instant(before)}"
        )

    def drop(self, where: str) -> int:
        """Rewrites the parts that hold them: gone from the disk, not only from sight."""
        counted = self.session.frame(f"SELECT count() FROM events FINAL WHERE {where}")
        if found := int(counted.item()):
            self.session.command(f"ALTER TABLE events DELETE WHERE {where}")
        return found


def of_people(visitors: Sequence[str], customers: Sequence[int]) -> str:
    theirs = []
    if visitors:
        theirs.append(f"visitor IN {texts(visitors)}")
    if customers:
        theirs.append(f"customer_woo_id IN {in_list(customers)}")
    return " OR ".join(theirs)


def schema_of(columns: Sequence[str]) -> Any:
    return {name: FRAME[name] for name in columns}


def take_turns() -> None:
    """Until the transaction ends. SQLite's writers wait for each other anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def incoming(prepared: Iterable[tuple[Any, ...]]) -> pl.DataFrame:
    """One row for each id: the first that was said."""
    store, ids, at, *said, value, currency, properties, context = zip(
        *prepared, strict=True
    )
    kind, visitor, session, *numbers = said
    columns = (
        [octets.hex() for octets in ids], store, [0] * len(ids),
        pl.Series(at, dtype=pl.Int64).cast(INCOMING["at"]), kind, visitor, session,
        *numbers, pl.Series(value, dtype=pl.Int64).cast(pl.Float64) / 10_000, currency,
        pl.Series(properties, dtype=pl.Binary).cast(pl.String),
        pl.Series(context, dtype=pl.Binary).cast(pl.String),
    )  # fmt: skip
    series = [
        pl.Series(name, column).cast(kind)
        for (name, kind), column in zip(INCOMING.items(), columns, strict=True)
    ]
    return pl.DataFrame(series).unique(
        ["store_id", "id"], keep="first", maintain_order=True
    )


def recorded(found: pl.Series, at: datetime) -> list[int]:
    """Which of these batches were committed: those that are known, and all that are
    older than the oldest that still has to be known."""
    asked = found.unique().to_list()
    if not asked:
        return []
    known = EventBatch.objects.filter(pk__in=asked).values_list("pk", flat=True)
    lately = EventBatch.objects.filter(received_at__gt=at - REMEMBERED)
    oldest = lately.order_by("received_at").first() or EventBatch.objects.last()
    before = oldest.pk if oldest else 0
    return [*known, *(batch for batch in asked if batch < before)]


def period(store: Store, start: datetime, end: datetime) -> str:
    """As EventQuerySet.between: `at` decides, the id finds it."""
    return (
        f"store_id = {store.pk:d} AND at >= {instant(start)} AND at < {instant(end)}"
        f" AND id >= {least(start - SLACK)} AND id <= {least(end + SLACK)}"
    )


def instant(moment: datetime) -> str:
    return f"fromUnixTimestamp64Micro({round(moment.timestamp() * 1_000_000)}, 'UTC')"


def least(moment: datetime) -> str:
    return f"unhex('{least_id(moment).hex}')"


def octets(ids: pl.Series) -> str:
    """One literal for many ids: a list of so many is slow to parse."""
    together = "".join(ids)
    return (
        "(SELECT toFixedString(substring(octets, number * 16 + 1, 16), 16) FROM"
        f" (SELECT unhex('{together}') AS octets,"
        f" arrayJoin(range({len(ids):d})) AS number) AS whole)"
    )


def in_list(numbers: Iterable[int]) -> str:
    return f"({', '.join(f'{number:d}' for number in numbers)})"


def texts(said: Iterable[str]) -> str:
    return f"({', '.join(map(text, said))})"


def text(said: str) -> str:
    escaped = said.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
