"""One order's way, as the web works it out without numpy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.outcomes.services.journey import COUNTS, journey
from apps.outcomes.services.share_out import share_out
from ml_models.attribution import RULES, Journeys
from tests.conftest import NOW
from tests.outcomes.shop import ago, click, order, product, shelf, visit

METS = st.lists(
    st.tuples(st.integers(0, 1_000), st.integers(0, 4)), min_size=1, max_size=8
)


@given(METS)
def test_its_rules_are_those_that_all_orders_are_shared_by(drawn):
    drawn = sorted(drawn)
    met = [(ago(30 - hours / 24), str(channel)) for hours, channel in drawn]
    lone = Journeys(
        np.zeros(len(drawn), dtype=np.int64),
        np.array([channel for _, channel in drawn]),
        np.array([hours / 24 for hours, _ in drawn]),
        np.ones(1),
        np.ones(1, dtype=bool),
        5,
    )
    for rule, count in COUNTS.items():
        counts = count(met)
        ours = [0.0] * 5
        for (_, channel), weight in zip(drawn, counts, strict=True):
            ours[channel] += weight / sum(counts)
        assert ours == pytest.approx(RULES[rule](lone).by_channel.tolist()), rule


@pytest.mark.django_db
def test_it_tells_each_touch_with_its_weights(store, ada):
    dress = product(store)
    decision = shelf(store, dress)
    visit(store, ada, "ads", ago(8))
    visit(store, ada, "", ago(hours=5))
    click(store, ada, decision, dress, ago(hours=4))
    made = order(store, ada, ago(hours=3))
    visit(store, ada, "email", ago(hours=1))
    share_out(store, NOW)
    found = journey(made)
    assert [touch.channel for touch in found.touches] == ["ads", "unknown", "picks"]
    assert [touch.weights["last_touch"] for touch in found.touches] == [0, 0, 1]
    assert found.share("position_based") == pytest.approx(
        {"ads": 0.4, "unknown": 0.2, "picks": 0.4}
    )
    assert sum(found.share("markov").values()) == pytest.approx(1)


@pytest.mark.django_db
def test_an_order_of_nobody_has_none(store):
    assert journey(order(store, None, ago(1))).touches == ()
