"""Events in the database that everything else lies in."""

from __future__ import annotations

import itertools
import operator
import struct
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from django.db import IntegrityError, connection, transaction

from apps.accounts.models import Store
from apps.events.models import EventBatch
from apps.events.services.engines import read
from apps.events.services.engines.base import FRAME, Count, FunnelStep
from apps.events.services.rows import Row

COLUMNS = (
    "batch_id, id, store_id, at, type, visitor, session, customer_woo_id,"
    " product_woo_id, variant_woo_id, quantity, value, currency, properties, context"
)
COPY = "COPY {table} (" + COLUMNS + ") FROM STDIN (FORMAT BINARY)"
INSERT = (
    f"INSERT INTO events_event ({COLUMNS})"  # noqa: S608 - constants
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
)
NEW_BATCH = (
    "INSERT INTO events_eventbatch (count, received_at) VALUES (%s, %s) RETURNING id"
)
# COPY knows no "leave out what is there". Resends are rare: they take the long way.
ASIDE = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS events_incoming"
    " (LIKE events_event INCLUDING DEFAULTS) ON COMMIT DELETE ROWS"
)
TAKE_OVER = (
    f"INSERT INTO events_event ({COLUMNS}) SELECT {COLUMNS} FROM events_incoming"  # noqa: S608
    " ORDER BY id ON CONFLICT DO NOTHING"
)


class Database:
    """Binary COPY on PostgreSQL, one prepared statement on SQLite."""

    def prepare(self, store_id: int, rows: Sequence[Row]) -> Any:
        if connection.vendor == "postgresql":
            return list(packed(store_id, rows))
        return list(spelled(store_id, rows))

    def append(self, prepared: Sequence[Any], count: int, at: datetime) -> None:
        if connection.vendor == "postgresql":
            try:
                copy(prepared, count, at)
            except IntegrityError:
                copy_new(prepared, count, at)
        else:
            insert(prepared, count, at)

    def of_batches(self, batches: Sequence[int]) -> pl.DataFrame:
        return read.of_batches(batches)

    def between(
        self,
        store: Store,
        start: datetime,
        end: datetime,
        types: Sequence[str] | None = None,
        columns: Sequence[str] = tuple(FRAME),
    ) -> pl.DataFrame:
        return read.between(store, start, end, types, columns)

    def counts(
        self, store: Store, start: datetime, end: datetime, grain: str
    ) -> list[Count]:
        return read.counts(store, start, end, grain)

    def funnel(
        self,
        store: Store,
        steps: Sequence[str],
        start: datetime,
        end: datetime,
        window: timedelta,
    ) -> list[FunnelStep]:
        return read.funnel(store, steps, start, end, window)

    def told(
        self,
        store: Store,
        visitors: Sequence[str],
        customers: Sequence[int],
        most: int,
        after: str = "",
    ) -> list[dict[str, Any]]:
        return read.told(store, visitors, customers, most, after)

    def forget(
        self, store: Store, visitors: Sequence[str], customers: Sequence[int]
    ) -> int:
        return read.forget(store, visitors, customers)

    def expire(self, store: Store, before: datetime) -> int:
        return read.expire(store, before)


# PostgreSQL's binary COPY: big-endian, each field after its length.

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"
# Its moments are microseconds since 2000.
EPOCH_MS = 946_684_800_000
# Where the id stands in what `packed` makes.
ID = operator.itemgetter(slice(4, 20))
pack_head = struct.Struct(">hiq").pack
pack_front = struct.Struct(">i16siqiq").pack
pack_long = struct.Struct(">iq").pack
pack_int = struct.Struct(">ii").pack
pack_length = struct.Struct(">i").pack


def field_of(text: str) -> bytes:
    octets = text.encode()
    return pack_length(len(octets)) + octets


class Fields(dict[str, bytes]):
    """Texts that come again and again, packed once."""

    def __missing__(self, text: str) -> bytes:
        self[text] = found = field_of(text)
        return found


def packed(store_id: int, rows: Sequence[Row]) -> Iterator[bytes]:
    """All of a row but its first field, which is the batch's number."""
    fields = Fields()
    for row in rows:
        context, properties = row.context, row.properties
        yield b"".join(
            (
                pack_front(16, row.id, 8, store_id, 8, (row.at_ms - EPOCH_MS) * 1000),
                fields[row.type],
                fields[row.visitor],
                fields[row.session],
                NULL if row.customer is None else pack_long(8, row.customer),
                NULL if row.product is None else pack_long(8, row.product),
                NULL if row.variant is None else pack_long(8, row.variant),
                NULL if row.quantity is None else pack_int(4, row.quantity),
                NULL if row.value is None else numeric(row.value),
                fields[row.currency],
                pack_length(len(properties)),
                properties,
                pack_length(len(context)),
                context,
            )
        )


def numeric(value: int) -> bytes:
    """Ten-thousandths as PostgreSQL's numeric: digits to the base of ten thousand."""
    digits = []
    rest = value
    while rest:
        rest, digit = divmod(rest, 10_000)
        digits.append(digit)
    count = len(digits)
    digits.reverse()
    return struct.pack(
        f">ihhHH{count}H", 8 + 2 * count, count, count - 2, 0, 4, *digits
    )


def copy(prepared: Sequence[list[bytes]], count: int, at: datetime) -> None:
    """Straight into the table; IntegrityError where a row is there already."""
    with transaction.atomic(), connection.cursor() as cursor:
        send(cursor, "events_event", prepared, new_batch(cursor, count, at))


def copy_new(prepared: Sequence[list[bytes]], count: int, at: datetime) -> None:
    """Beside the table first, then what is new of it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ASIDE)
        batch_id = new_batch(cursor, count, at)
        send(cursor, "events_incoming", prepared, batch_id)
        cursor.execute(TAKE_OVER)
        settle(batch_id, cursor.rowcount)


def send(
    cursor: Any, table: str, prepared: Sequence[list[bytes]], batch_id: int
) -> None:
    # Fifteen fields; each row begins with its batch.
    head = pack_head(15, 8, batch_id)
    # By id: two who send the same rows at once wait for each other in one order.
    rows = sorted(itertools.chain.from_iterable(prepared), key=ID)
    # Django turns the driver's errors into its own, but not those of a copy.
    with (
        connection.wrap_database_errors,
        cursor.copy(COPY.format(table=table)) as copying,
    ):
        copying.write(HEADER + head + head.join(rows) + TRAILER)


def new_batch(cursor: Any, count: int, at: datetime) -> int:
    # In plain SQL: a commit of few events would cost half as much again.
    cursor.execute(NEW_BATCH, [count, at])
    return int(cursor.fetchone()[0])


def settle(batch_id: int, count: int) -> None:
    """A batch that brought nothing new is none."""
    mine = EventBatch.objects.filter(pk=batch_id)
    mine.update(count=count) if count else mine.delete()


def spelled(store_id: int, rows: Sequence[Row]) -> Iterator[tuple[Any, ...]]:
    """As SQLite keeps Django's fields."""
    for row in rows:
        at = datetime.fromtimestamp(row.at_ms / 1000, UTC)
        yield (
            row.id.hex(),
            store_id,
            at.strftime("%Y-%m-%d %H:%M:%S.%f"),
            row.type,
            row.visitor,
            row.session,
            row.customer,
            row.product,
            row.variant,
            row.quantity,
            None if row.value is None else row.value / 10_000,
            row.currency,
            row.properties.decode(),
            row.context.decode(),
        )


def insert(prepared: Sequence[list[tuple[Any, ...]]], count: int, at: datetime) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        batch_id = new_batch(cursor, count, at)
        rows = itertools.chain.from_iterable(prepared)
        # Past Django's cursor, which would rewrite the statement for each row.
        raw = cursor.connection.cursor()
        raw.executemany(INSERT, ((batch_id, *row) for row in rows))
        settle(batch_id, raw.rowcount)
        raw.close()
