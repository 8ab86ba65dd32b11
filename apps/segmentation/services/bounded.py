"""A question that the database may give up on: a person waits for its answer."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction

from apps.core.errors import LuxeBrainError

# SQLite asks whether to go on after so many of its steps.
STEPS = 20_000
# query_canceled: https://www.postgresql.org/docs/current/errcodes-appendix.html
CANCELED = "57014"


class TooSlowError(LuxeBrainError):
    code = "too_slow"
    status = 503


@contextmanager
def within(seconds: float) -> Iterator[None]:
    limit = on_postgresql if connection.vendor == "postgresql" else on_sqlite
    try:
        with limit(seconds):
            yield
    except OperationalError as error:
        if not is_stop(error):
            raise
        raise TooSlowError(
            "This takes too long to count while you wait. Saved, it is counted in the "
            "background."
        ) from error


def is_stop(error: OperationalError) -> bool:
    """By its code: the words come in the server's language."""
    cause = error.__cause__
    if getattr(cause, "sqlstate", None) == CANCELED:
        return True
    code = getattr(cause, "sqlite_errorcode", None)
    return bool(code == sqlite3.SQLITE_INTERRUPT)


@contextmanager
def on_postgresql(seconds: float) -> Iterator[None]:
    """Each statement gets what the ones before left of the time."""
    until = time.monotonic() + seconds

    def bounded(execute: Any, sql: str, *more: Any) -> Any:
        # 0 would be no limit at all.
        left = max(int((until - time.monotonic()) * 1000), 1)
        connection.connection.execute(f"SET LOCAL statement_timeout = {left}")
        return execute(sql, *more)

    with transaction.atomic(), connection.cursor() as cursor:
        with connection.execute_wrapper(bounded):
            yield
        cursor.execute("SET LOCAL statement_timeout TO DEFAULT")


@contextmanager
def on_sqlite(seconds: float) -> Iterator[None]:
    connection.ensure_connection()
    until = time.monotonic() + seconds
    raw = connection.connection
    raw.set_progress_handler(lambda: time.monotonic() > until, STEPS)
    try:
        yield
    finally:
        raw.set_progress_handler(None, STEPS)
