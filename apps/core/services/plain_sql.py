"""Reads of hot paths in plain SQL that both databases know.

Composing the same few queries anew took Django's mapper two thirds of the time of an
answer, several times what the database takes to find the rows.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import msgspec
from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
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


def server_bound() -> Any:
    """A cursor whose statements PostgreSQL plans once: planning the same few anew took
    it longer than finding the rows."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    connection.ensure_connection()
    database: Any = connection
    made = counted_cursor(database.alias, database.vendor)(database.connection)
    is_logged = database.queries_logged
    return database.make_debug_cursor(made) if is_logged else database.make_cursor(made)


def fetch(statement: str, values: Sequence[Any]) -> Rows:
    with server_bound() as cursor:
        cursor.execute(statement, [bound(value) for value in values])
        found: Rows = cursor.fetchall()
    return found


def bound(value: Any) -> Any:
    """SQLite keeps moments as text."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def holes(values: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def parsed(value: Any) -> Any:
    return msgspec.json.decode(value) if isinstance(value, str) else value


def listed(values: Collection[int | str]) -> Any:
    """As `among` takes them."""
    chosen = list(values)
    return chosen if connection.vendor == "postgresql" else json.dumps(chosen)
