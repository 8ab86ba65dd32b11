"""Funnels from raw rows, in the database. The same answer as ClickHouse's windowFunnel.

Each step at the same moment as the one before or later, and all within the window from
the first; whatever lies between does not matter, and any of a session's first steps may
be the one that counts. To each row belongs the latest start from which its step can be
reached: of two starts the later one always reaches as far, so no other needs to be kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.exceptions import EmptyResultSet
from django.db import connection

from apps.accounts.models import Store
from apps.events.models import Event
from apps.events.services.engines.base import FunnelStep

MICROSECONDS = {
    "postgresql": "(extract(epoch FROM at) * 1000000)::bigint",
    "sqlite": (
        "CAST(strftime('%%s', at) AS integer) * 1000000"
        " + CAST(substr(at || '', 21, 6) AS integer)"
    ),
}


def funnel(
    store: Store,
    steps: Sequence[str],
    start: datetime,
    end: datetime,
    window: timedelta,
) -> list[FunnelStep]:
    """Raises ValueError where a step comes twice: one event would be both."""
    check(steps)
    hits = (
        Event.objects.of(store)
        .between(start, end)
        .filter(type__in=steps)
        .exclude(session="")
        .values_list("session", "type", "at")
    )
    try:
        sql, params = hits.query.sql_with_params()
    except EmptyResultSet:
        return [FunnelStep(step, 0) for step in steps]
    with connection.cursor() as cursor:
        # The outermost query's arguments come first.
        cursor.execute(statement(sql, len(steps)), [*arguments(steps, window), *params])
        came = dict(cursor.fetchall())
    return [
        FunnelStep(step, sum(n for depth, n in came.items() if depth > index))
        for index, step in enumerate(steps)
    ]


def check(steps: Sequence[str]) -> None:
    if not steps or len(set(steps)) != len(steps):
        raise ValueError("A funnel has steps, and they differ from each other.")


def arguments(steps: Sequence[str], window: timedelta) -> list[str | int]:
    microseconds = window // timedelta(microseconds=1)
    later: list[tuple[str, int]] = [
        (step, microseconds) for step in reversed(steps[1:])
    ]
    return [argument for pair in later for argument in pair] + [steps[0]]


# ruff: noqa: S608 - put together from constants; all values are arguments
def statement(hits: str, steps: int) -> str:
    """One query around the other, all in the same order: the database sorts once."""
    found = (
        "SELECT session, us, type, CASE WHEN type = %s THEN us END AS s0"
        f" FROM (SELECT session, type, {MICROSECONDS[connection.vendor]} AS us"
        f" FROM ({hits}) AS hits) AS moments"
    )
    for step in range(1, steps):
        latest = f"max(s{step - 1}) OVER earlier"
        found = (
            f"SELECT *, CASE WHEN type = %s AND us - {latest} <= %s THEN {latest} END"
            f" AS s{step} FROM ({found}) AS step{step}"
            " WINDOW earlier AS (PARTITION BY session ORDER BY us)"
        )
    reached = " ".join(
        f"WHEN s{step} IS NOT NULL THEN {step + 1}" for step in reversed(range(steps))
    )
    return (
        "SELECT depth, count(*) FROM ("
        f"SELECT max(CASE {reached} ELSE 0 END) AS depth FROM ({found}) AS steps"
        " GROUP BY session) AS sessions GROUP BY depth"
    )
