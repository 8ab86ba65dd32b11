"""Months of the log on PostgreSQL; elsewhere the log is one table and this is idle."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from django.db import connection, transaction
from psycopg import sql

from apps.decisions.models import Decision

MONTHS_AHEAD = 3
# So many strayed months are given a place in one run.
MAX_MONTHS = 60
TABLE = Decision._meta.db_table
DEFAULT = f"{TABLE}_default"
NAME = re.compile(rf"^{TABLE}_y(\d{{4}})m(\d{{2}})$")
# A writer waits no longer behind a lock that itself waits for a slow reader.
LOCK_TIMEOUT = "SET LOCAL lock_timeout = '5s'"

CREATE = "CREATE TABLE {part} (LIKE {log} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"
MOVE = """
    WITH moved AS (
        DELETE FROM {default}
        WHERE created_at >= {start} AND created_at < {end} RETURNING *
    ) INSERT INTO {part} SELECT * FROM moved
"""
ATTACH = """
    ALTER TABLE {log} ATTACH PARTITION {part} FOR VALUES FROM ({start}) TO ({end})
"""


@dataclass(frozen=True, order=True)
class Month:
    year: int
    month: int

    @classmethod
    def of(cls, moment: datetime) -> Self:
        moment = moment.astimezone(UTC)
        return cls(moment.year, moment.month)

    def plus(self, months: int) -> Month:
        count = self.year * 12 + self.month - 1 + months
        return Month(count // 12, count % 12 + 1)

    @property
    def start(self) -> datetime:
        return datetime(self.year, self.month, 1, tzinfo=UTC)

    @property
    def table(self) -> str:
        return f"{TABLE}_y{self.year:04}m{self.month:02}"


def has_partitions() -> bool:
    return connection.vendor == "postgresql"


def keep_partitions(now: datetime) -> list[Month]:
    """Make the coming months' partitions, and those of rows that had none.

    Returns what was made. Idempotent; safe when two run at once.
    """
    if not has_partitions():
        return []
    this = Month.of(now)
    wanted = {this.plus(ahead) for ahead in range(MONTHS_AHEAD + 1)} | strayed()
    return [month for month in sorted(wanted - set(existing())) if make(month)]


def existing() -> list[Month]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = %s::regclass",
            [TABLE],
        )
        names = [NAME.match(row[0]) for row in cursor.fetchall()]
    return sorted(Month(int(name[1]), int(name[2])) for name in names if name)


def strayed() -> set[Month]:
    """Months of the rows that lie in the default partition."""
    query = sql.SQL(
        "SELECT DISTINCT date_trunc('month', created_at, 'UTC') FROM {} LIMIT {}"
    )
    with connection.cursor() as cursor:
        cursor.execute(query.format(sql.Identifier(DEFAULT), sql.Literal(MAX_MONTHS)))
        return {Month.of(row[0]) for row in cursor.fetchall()}


def make(month: Month) -> bool:
    """Move the month's rows out of the default partition into one of its own.

    PostgreSQL refuses a partition whose rows lie in the default one, so:
    1. keep writers out (readers go on), 2. make the table on the side,
    3. move the rows, 4. attach it, which builds its indexes and foreign key.
    """
    names = {
        "log": sql.Identifier(TABLE),
        "default": sql.Identifier(DEFAULT),
        "part": sql.Identifier(month.table),
        "start": sql.Literal(month.start),
        "end": sql.Literal(month.plus(1).start),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK_TIMEOUT)
        lock = sql.SQL("LOCK TABLE {log} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(lock.format(**names))
        if month in existing():
            return False
        for step in (CREATE, MOVE, ATTACH):
            cursor.execute(sql.SQL(step).format(**names))
    return True


def drop(month: Month, needing: list[int]) -> bool:
    """Drop a month, unless one of the stores that still need it has rows there."""
    names = {"log": sql.Identifier(TABLE), "part": sql.Identifier(month.table)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK_TIMEOUT)
        # The log before its month, as readers do: the other way round is a deadlock.
        lock = sql.SQL("LOCK TABLE ONLY {log} IN ACCESS EXCLUSIVE MODE")
        cursor.execute(lock.format(**names))
        query = sql.SQL("SELECT 1 FROM {part} WHERE store_id = ANY(%s) LIMIT 1")
        cursor.execute(query.format(**names), [needing])
        if cursor.fetchone():
            return False
        cursor.execute(sql.SQL("DROP TABLE {part}").format(**names))
    return True
