from __future__ import annotations

import numpy as np
import pytest

from ml_models.value.ranges import Scatter, scatter, usual

EVEN = Scatter(np.linspace(0, 2, 201))


def test_who_hardly_buys_spends_no_more_than_is_expected():
    """Nothing alone holds nine of ten; but five are expected."""
    low, high = EVEN.ranges(np.array([0.05]), np.array([100.0]))
    assert (low.tolist(), high.tolist()) == ([0.0], [5.0])
    chances, worth = np.linspace(0.001, 1, 50), np.full(50, 100.0)
    skewed = Scatter(usual() ** 3 / (usual() ** 3).mean())
    for some in (EVEN, skewed):
        low, high = some.ranges(chances, worth)
        assert (low <= chances * worth).all()
        assert (high >= chances * worth).all()


def test_a_range_from_nothing_up_holds_the_rest_of_the_mass():
    low, high = EVEN.ranges(np.array([0.5]), np.array([100.0]))
    # 50 % spend nothing; 40 of the other 50 % lie below 80 % of their spread.
    assert low.tolist() == [0.0]
    assert high.tolist() == pytest.approx([160.0])


def test_who_surely_buys_has_the_shortest_range():
    ratios = np.concatenate([np.linspace(0, 0.9, 11), np.linspace(0.91, 1.2, 190)])
    low, high = Scatter(ratios).ranges(np.array([1.0]), np.array([100.0]))
    assert low[0] > 80
    assert high[0] == pytest.approx(120, abs=2)


def test_ranges_hold_nine_of_ten_whatever_the_scatter():
    dice = np.random.default_rng(0)
    chances = dice.uniform(0.2, 0.9, 4000)
    worth = dice.lognormal(3, 1, 4000)

    def spend():
        bought = dice.random(4000) < chances
        return bought * worth * dice.lognormal(-0.72, 1.2, 4000)

    found = scatter(chances, worth, spend())
    low, high = found.ranges(chances, worth)
    later = spend()
    assert ((later >= low) & (later <= high)).mean() == pytest.approx(0.9, abs=0.015)


def test_before_anything_was_seen_the_usual_scatter_is_used():
    found = scatter(np.empty(0), np.empty(0), np.empty(0))
    assert found.ratios.mean() == pytest.approx(1)
    assert found.mass == 0.9
    assert usual().max() / usual().min() > 50
