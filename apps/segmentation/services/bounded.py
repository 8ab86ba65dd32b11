"""A question that the database may give up on: a person waits for its answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

from apps.core.errors import LuxeBrainError

# SQLite asks whether to go on after so many of its steps.
STEPS = 20_000


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
    return "interrupted" in str(error) or "statement timeout" in str(error)


@contextmanager
def on_postgresql(seconds: float) -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
        yield
        cursor.execute("SET LOCAL statement_timeout = 0")


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
