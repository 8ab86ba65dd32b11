"""Reads of hot paths in plain SQL that both databases know.

Composing the same few queries anew took Django's mapper two thirds of the time of an
answer, several times what the database takes to find the rows.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django_prometheus.db import execute_total
from django_prometheus.db.common import ExportingCursorWrapper

Rows = list[tuple[Any, ...]]
# Where the two databases differ.
DIALECTS = {
    "postgresql": {
        "listed": "json_agg", "pair": "json_build_array", "among": "= ANY(%s)",
        "moment": "timestamptz",
    },
    "sqlite": {
        "listed": "json_group_array", "pair": "json_array",
        "among": "IN (SELECT value FROM json_each(%s))", "moment": "text",
    },
}  # fmt: skip


def dialect() -> dict[str, str]:
    return DIALECTS[connection.vendor]


@cache
def counted_cursor(alias: str, vendor: str) -> Any:
    """Prometheus' own class of cursors, which it makes anew each time it is asked."""
    return ExportingCursorWrapper(ServerBindingCursor, alias, vendor)


@cache
def counter_of(alias: str, vendor: str) -> Any:
    return execute_total.labels(alias, vendor)


def quick(database: Any) -> Any:
    """The driver's own cursor, whose statements PostgreSQL plans once; None where Django
    has to look on, to log or to wrap.

    Django's layers around a statement take longer than PostgreSQL does to find the rows.
    """
    is_watched = database.queries_logged or database.execute_wrappers
    if database.vendor != "postgresql" or is_watched:
        return None
    database.close_if_health_check_failed()
    database.ensure_connection()
    database.validate_no_broken_transaction()
    counter_of(database.alias, database.vendor).inc()
    # Not connection.cursor(): Django's default binds values into the text.
    made: Any = ServerBindingCursor
    return made(database.connection)


def server_bound(database: Any) -> Any:
    """As Django makes it, but planned once, too."""
    if database.vendor != "postgresql":
        return database.cursor()
    database.ensure_connection()
    made = counted_cursor(database.alias, database.vendor)(database.connection)
    is_logged = database.queries_logged
    return database.make_debug_cursor(made) if is_logged else database.make_cursor(made)


def fetch(statement: str, values: Sequence[Any]) -> Rows:
    with run(statement, values) as cursor:
        found: Rows = cursor.fetchall()
    return found


def execute(statement: str, values: Sequence[Any]) -> None:
    with run(statement, values):
        pass


@contextmanager
def run(statement: str, values: Sequence[Any]) -> Iterator[Any]:
    database: Any = connections[DEFAULT_DB_ALIAS]
    if (cursor := quick(database)) is not None:
        with database.wrap_database_errors, cursor:
            yield cursor.execute(statement, values)
        return
    with server_bound(database) as cursor:
        cursor.execute(statement, [bound(value) for value in values])
        yield cursor


def bound(value: Any) -> Any:
    """SQLite keeps moments as text, and ids without hyphens."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value


def holes(values: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def parsed(value: Any) -> Any:
    return msgspec.json.decode(value) if isinstance(value, str) else value


def listed(values: Collection[int | str]) -> Any:
    """As `among` takes them."""
    chosen = list(values)
    return chosen if connection.vendor == "postgresql" else json.dumps(chosen)
