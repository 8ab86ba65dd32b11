from __future__ import annotations

import math

import numpy as np
import pytest

from ml_models.uplift import grading
from tests.ml_models.uplift.worlds import world


def asked(trial):
    return trial.treated, trial.bought, trial.share


def baseline(effects, treated, bought):
    """As it stands in the baselines, for effects without ties."""
    order = np.argsort(-effects)
    y, t = bought[order].astype(float), treated[order].astype(float)
    nt, nc = np.cumsum(t), np.cumsum(1 - t)
    ratio = np.divide(nt, nc, out=np.zeros(len(y)), where=nc > 0)
    q = np.cumsum(y * t) - np.cumsum(y * (1 - t)) * ratio
    x = np.arange(1, len(y) + 1) / len(y)
    return (np.trapezoid(q, x) - q[-1] / 2) / len(y)


def test_qini_is_that_of_the_baselines():
    trial, true = world()
    trial.share[:] = trial.treated.mean()
    effects = true + 1e-6 * np.random.default_rng(0).random(len(true))
    wanted = baseline(effects, trial.treated, trial.bought)
    assert wanted > 0.01
    assert grading.qini(effects, *asked(trial)) == pytest.approx(wanted, abs=1e-6)


def test_the_order_of_equal_effects_does_not_matter():
    trial, true = world()
    effects = np.round(true, 1)
    turned = np.random.default_rng(0).permutation(len(true))
    who, other = asked(trial), asked(trial.rows(turned))
    found = grading.qini(effects, *who), grading.uplift_of_top(effects, *who[:2])
    assert found[0] == pytest.approx(grading.qini(effects[turned], *other))
    again = grading.uplift_of_top(effects[turned], *other[:2])
    assert found[1] == pytest.approx(again)
    assert grading.qini(np.ones(len(true)), *who) == pytest.approx(0)


@pytest.mark.parametrize("is_unequal", [False, True])
def test_the_truth_is_best_and_its_opposite_worst(is_unequal):
    trial, true = world(is_unequal=is_unequal)
    chance = np.random.default_rng(0).random(len(true))
    best, lot, worst = (
        grading.qini(one, *asked(trial)) for one in (true, chance, -true)
    )
    assert best > 0.015 > 0.005 > abs(lot)
    assert worst == pytest.approx(-best, abs=0.003)


def test_the_top_is_moved_as_much_as_it_is():
    trial, true = world(20_000, is_unequal=True)
    top = np.sort(true)[-6000:].mean()
    who = trial.treated, trial.bought
    found = grading.uplift_of_top(true, *who, share=trial.share)
    assert found == pytest.approx(top, abs=0.03)
    assert grading.uplift_of_top(true, *who, part=1.0, share=trial.share) == (
        pytest.approx(grading.average(*asked(trial))[0])
    )


def test_a_top_of_one_side_alone_says_nothing():
    trial, _ = world(50)
    alone = trial.treated.astype(float)
    assert math.isnan(grading.uplift_of_top(alone, trial.treated, trial.bought, 0.1))


def test_the_interval_holds_the_truth_nine_times_of_ten():
    held = 0
    for seed in range(300):
        trial, true = world(200, seed=seed, is_unequal=True)
        _, low, high = grading.average(*asked(trial))
        held += low < true.mean() < high
    assert 0.85 < held / 300 < 0.96


def test_the_interval_is_newcombes():
    """His example (a), 56 of 70 against 48 of 80, at 90 %."""
    treated = np.arange(150) < 70
    bought = np.concatenate([np.arange(70) < 56, np.arange(80) < 48])
    found = grading.average(treated, bought, np.full(150, 70 / 150))
    assert found == pytest.approx((0.2, 0.07656, 0.31365), abs=1e-5)


def test_where_nobody_bought_it_is_still_not_certain():
    treated = np.arange(60) < 30
    effect, low, high = grading.average(treated, np.zeros(60, bool), np.full(60, 0.5))
    assert effect == 0
    assert -0.1 < low < -0.05 < 0.05 < high < 0.1


def test_of_equal_effects_at_the_border_each_counts_in_part():
    """Two are above it; of the four at it, half of each makes the other two."""
    effects = np.array([2.0, 2, 1, 1, 1, 1, 0, 0])
    treated = np.array([True, False] * 4)
    bought = np.array([True, False, True, True, False, False, True, True])
    found = grading.uplift_of_top(effects, treated, bought, part=0.5)
    assert found == pytest.approx((1 + 0.5) / 2 - 0.5 / 2)
