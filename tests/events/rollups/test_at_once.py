"""Two who roll at the same moment, and one who rolls while another writes."""

from __future__ import annotations

import pytest

from apps.events.services.roll import roll_some
from tests.at_once import at_once
from tests.conftest import NOW
from tests.events.rollups.conftest import bring, metric, roll_all
from tests.events.rollups.test_roll import visit

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_two_who_roll_count_once(store):
    for n in range(12):
        bring(store, visit(visitor="v1", session=f"s{n % 3}-{n}"))
    at_once(
        *[lambda most: [roll_some(NOW, most) for _ in range(8)]] * 3, rows=(6, 12, 1)
    )
    roll_all()
    assert metric(store, "order") == (12, 12 * 1_047_000)
    assert metric(store, "sessions") == (12, 12 * 615_000)
    assert metric(store, "visitors") == (1, 0)


def test_one_rolls_while_another_writes(store):
    events = [visit(visitor=f"v{n}", session=f"s{n}") for n in range(10)]

    def write(which):
        for one in which:
            bring(store, one)

    def follow(times):
        for _ in range(times):
            roll_some(NOW)

    at_once(write, write, follow, rows=(events[:5], events[5:], 15))
    roll_all()
    assert metric(store, "order") == (10, 10 * 1_047_000)
    assert metric(store, "visitors") == (10, 0)
