"""Funnels of random visits: every engine counts as the plain definition does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from apps.events.models import Event
from apps.events.services.engines.database import Database
from tests.events.engines.said import DAY, at, keep, row

STEPS = ("product_view", "add_to_cart", "checkout_start", "order")
# Few moments, so that many are the same.
moves = st.lists(
    st.tuples(st.sampled_from((*STEPS, "search")), st.integers(0, 12)), max_size=9
)


def reached(moves, window):
    """How many steps, by trying every way through: nothing clever, so that it is right."""

    def further(step, start, now):
        if step == len(STEPS):
            return step
        ways = [
            further(step + 1, moment if step == 0 else start, moment)
            for kind, moment in moves
            if kind == STEPS[step] and moment >= now
            if step == 0 or moment - start <= window
        ]
        return max(ways, default=step)

    return further(0, None, 0)


@given(visits=st.lists(moves, min_size=1, max_size=60), window=st.integers(0, 8))
@hypothesis(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_engine_counts_what_the_definition_says(
    clickhouse, store, visits, window
):
    Event.objects.of(store)._raw_delete("default")
    clickhouse.session.command("TRUNCATE TABLE events")
    rows = [
        row(at(milliseconds=moment), kind, session=f"s{number}")
        for number, visit in enumerate(visits)
        for kind, moment in visit
    ]
    depths = [reached(visit, window) for visit in visits]
    for engine in (Database(), clickhouse):
        if rows:
            keep(engine, store, *rows)
        found = engine.funnel(
            store, STEPS, DAY, at(days=1), timedelta(milliseconds=window)
        )
        assert [step.sessions for step in found] == [
            sum(depth > place for depth in depths) for place in range(len(STEPS))
        ], type(engine).__name__


@pytest.mark.parametrize("engine", ["database", "clickhouse"], indirect=True)
def test_a_window_ends_with_its_last_moment(engine, store):
    keep(
        engine, store,
        row(at(seconds=0), "product_view"),
        row(at(seconds=10), "add_to_cart"),
        row(at(seconds=10, milliseconds=1), "checkout_start"),
    )  # fmt: skip
    found = engine.funnel(store, STEPS, DAY, at(days=1), timedelta(seconds=10))
    assert [step.sessions for step in found] == [1, 1, 0, 0]
