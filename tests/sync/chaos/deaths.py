"""Processes that die, and connections that break, between any two statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from django.db import OperationalError, connection


class KilledError(BaseException):
    """kill -9: nothing of ours runs after it, and the database rolls back."""


@contextmanager
def dying(random: Random, share: float) -> Iterator[None]:
    """With this chance, death or a broken connection at a random statement."""
    if random.random() >= share:
        yield
        return
    left = random.choice((1, 2, 3, 5, 10, 20, 40, 80))
    how = random.choice((KilledError, OperationalError))

    def strike(execute, sql, params, many, context):
        nonlocal left
        # A process that is gone does not even roll back by hand.
        if not sql.startswith(("SAVEPOINT", "ROLLBACK", "RELEASE")):
            left -= 1
            if left == 0:
                raise how("struck")
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(strike):
            yield
    except (KilledError, OperationalError):
        pass
