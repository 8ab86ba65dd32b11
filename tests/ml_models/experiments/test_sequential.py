from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from ml_models.experiments.difference import compare
from ml_models.experiments.effect import measure
from ml_models.experiments.sequential import measure_always, width
from ml_models.experiments.sums import Sums


def arms(people=1_000, before=100, after=140):
    return compare(Sums.of_rate(people, before), Sums.of_rate(people, after))


def test_the_width_at_the_planned_size_is_the_smallest():
    assert width(500, 500) == pytest.approx(3.0351, abs=1e-4)
    assert all(width(500 * times, 500) > width(500, 500) for times in (0.8, 1.2, 10))


def test_the_chance_is_one_over_the_evidence_of_a_normal_mixture():
    found = arms()

    effect = measure_always(found, target=1_000)

    error = math.sqrt(found.variance)
    mixing = (width(1_000, 1_000) ** 2 - 1) * found.variance
    likely = integrate.quad(
        lambda true: (
            stats.norm.pdf(found.absolute, true, error)
            * stats.norm.pdf(true, 0, math.sqrt(mixing))
        ),
        -1,
        1,
        points=[0, found.absolute],
    )[0]
    evidence = likely / stats.norm.pdf(found.absolute, 0, error)
    assert effect.p_value == pytest.approx(1 / evidence, rel=1e-6)


@given(st.integers(0, 400), st.sampled_from([50.0, 1_000.0, 40_000.0]))
def test_the_interval_leaves_out_zero_where_the_chance_is_below_alpha(hits, target):
    effect = measure_always(arms(400, 200, hits), target)

    excludes_zero = effect.low > 0 or effect.high < 0
    assert excludes_zero == (effect.p_value < 0.05)
    assert effect.low <= effect.absolute <= effect.high


def test_looking_at_will_costs_a_wider_interval():
    once, always = measure(arms()), measure_always(arms(), 1_000)

    assert always.low < once.low
    assert always.high > once.high
    assert always.p_value > once.p_value
    assert always.standard_error == once.standard_error


def test_daily_looks_claim_falsely_in_few_tests_and_the_usual_interval_in_many():
    draw = np.random.default_rng(5)
    days = draw.binomial(200, 0.1, (400, 2, 28)).cumsum(axis=2)
    claims = {"always": 0, "once": 0}
    for control, treatment in days:
        looks = [
            compare(
                Sums.of_rate(200 * day, int(control[day - 1])),
                Sums.of_rate(200 * day, int(treatment[day - 1])),
            )
            for day in range(1, 29)
        ]
        claims["always"] += any(
            measure_always(look, 5_600).p_value < 0.05 for look in looks
        )
        claims["once"] += any(measure(look).p_value < 0.05 for look in looks)

    # 5 % of 400 are 20; seeded, and about 8 and 100 are usual.
    assert claims["always"] <= 16
    assert claims["once"] >= 60


@pytest.mark.parametrize("target", [0, -5, math.inf, math.nan])
def test_it_refuses_a_plan_for_nobody(target):
    with pytest.raises(ValueError, match="planned size"):
        measure_always(arms(), target)
