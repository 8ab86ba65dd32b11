"""Days of events on PostgreSQL; elsewhere they are one table and this is idle.

A day is made before it begins: its rows then never lie in the default partition, from
which they would have to be moved while visitors wait.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg import sql

from apps.events.models import Event
from apps.events.models.stream import least_id

DAYS_AHEAD = 3
# Late events of a queue that was offline, and the first day of a new store.
DAYS_BACK = 2
TABLE = Event._meta.db_table
NAME = re.compile(rf"^{TABLE}_d(\d{{4}})(\d{{2}})(\d{{2}})$")
# A writer waits no longer behind a lock that itself waits for a slow reader.
LOCK_TIMEOUT = "SET LOCAL lock_timeout = '2s'"
CREATE = (
    "CREATE TABLE {part} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS"
    " INCLUDING INDEXES)"
)
MOVE = (
    "WITH moved AS (DELETE FROM {default} WHERE id >= {start} AND id < {end}"
    " RETURNING *) INSERT INTO {part} SELECT * FROM moved"
)
SUMMARIZE = """
    SELECT brin_summarize_new_values(i.indexrelid) FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
    WHERE i.indrelid = to_regclass(%s) AND a.amname = 'brin'
"""
ATTACH = (
    "ALTER TABLE {table} ATTACH PARTITION {part} FOR VALUES FROM ({start}) TO ({end})"
)


def has_partitions() -> bool:
    return connection.vendor == "postgresql"


def keep_partitions(now: datetime) -> list[date]:
    """Make the coming days. Returns what was made. Safe when two run at once."""
    today = now.astimezone(UTC).date()
    return make_days(
        today + timedelta(days=n) for n in range(-DAYS_BACK, DAYS_AHEAD + 1)
    )


def make_days(days: Iterable[date]) -> list[date]:
    """An import of old events makes its days first, too."""
    if not has_partitions():
        return []
    return [day for day in sorted(set(days) - set(existing())) if make(day)]


def existing() -> list[date]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = %s::regclass",
            [TABLE],
        )
        names = [NAME.match(row[0]) for row in cursor.fetchall()]
    return sorted(date(*map(int, name.groups())) for name in names if name)


def start_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def parts(day: date) -> dict[str, Any]:
    return {
        "table": sql.Identifier(TABLE),
        "default": sql.Identifier(f"{TABLE}_default"),
        "part": sql.Identifier(f"{TABLE}_d{day:%Y%m%d}"),
        "start": sql.Literal(str(least_id(start_of(day)))),
        "end": sql.Literal(str(least_id(start_of(day + timedelta(days=1))))),
    }


def make(day: date) -> bool:
    """PostgreSQL refuses a partition whose rows lie in the default one, so writers are
    kept out while those are moved; in the next round if they do not let us in."""
    names = parts(day)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(LOCK_TIMEOUT)
            lock = sql.SQL("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute(lock.format(**names))
            if day in existing():
                return False
            for step in (CREATE, MOVE, ATTACH):
                cursor.execute(sql.SQL(step).format(**names))
    except OperationalError:
        return False
    return True


def drop(day: date, needing: list[int]) -> bool:
    """Drop a day, unless one of the stores that still need it has rows there. Where the
    table is busy: tomorrow again."""
    names = parts(day)
    if is_needed(names, needing):  # the usual answer, found without any lock
        return False
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(LOCK_TIMEOUT)
            # Readers go on meanwhile; hardly anybody writes into so old a day.
            lock = sql.SQL("LOCK TABLE {part} IN SHARE MODE")
            cursor.execute(lock.format(**names))
            if is_needed(names, needing):
                return False
            lock = sql.SQL("LOCK TABLE ONLY {table} IN ACCESS EXCLUSIVE MODE")
            cursor.execute(lock.format(**names))
            cursor.execute(sql.SQL("DROP TABLE {part}").format(**names))
    except OperationalError:
        return False
    return True


def is_needed(names: dict[str, Any], needing: list[int]) -> bool:
    query = sql.SQL("SELECT 1 FROM {part} WHERE store_id = ANY(%s) LIMIT 1")
    with connection.cursor() as cursor:
        cursor.execute(query.format(**names), [needing])
        return cursor.fetchone() is not None


def summarize(now: datetime) -> None:
    """Tell the BRIN index of today's newest pages, which vacuum would do much later:
    whoever reads the newest batches asks for just those."""
    if not has_partitions():
        return
    today = now.astimezone(UTC).date()
    with connection.cursor() as cursor:
        for name in (f"{TABLE}_d{today:%Y%m%d}", f"{TABLE}_default"):
            cursor.execute(SUMMARIZE, [name])
