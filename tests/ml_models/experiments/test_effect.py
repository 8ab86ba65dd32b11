from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ml_models.experiments.difference import compare
from ml_models.experiments.effect import measure
from ml_models.experiments.sums import NotEnoughError, Sums

means = st.floats(1, 100)
variances = st.floats(0.01, 1_000)
counts = st.integers(2, 10_000)


def spending(seed, people, mean=3.0):
    draw = np.random.default_rng(seed)
    return draw.lognormal(mean, 1, people) * (draw.random(people) < 0.3)


def test_means_agree_with_scipy():
    before, after = spending(1, 400), spending(2, 90, mean=3.4)

    effect = measure(compare(Sums.of(before), Sums.of(after)))

    theirs = stats.ttest_ind(after, before, equal_var=False)
    interval = theirs.confidence_interval(0.95)
    assert effect.absolute == pytest.approx(after.mean() - before.mean())
    assert effect.p_value == pytest.approx(theirs.pvalue, rel=1e-10)
    assert (effect.low, effect.high) == pytest.approx(interval, rel=1e-10)


@given(counts, means, variances, counts, means, variances)
def test_published_figures_agree_with_scipy(n1, m1, v1, n2, m2, v2):
    effect = measure(compare(Sums.of_stats(n1, m1, v1), Sums.of_stats(n2, m2, v2)))

    theirs = stats.ttest_ind_from_stats(
        m2, math.sqrt(v2), n2, m1, math.sqrt(v1), n1, equal_var=False
    )
    assert effect.p_value == pytest.approx(theirs.pvalue, rel=1e-4, abs=1e-12)


def test_conversions_agree_with_scipy():
    before, after = np.repeat([1, 0], [20, 480]), np.repeat([1, 0], [45, 455])

    effect = measure(compare(Sums.of_rate(500, 20), Sums.of_rate(500, 45)))

    theirs = stats.ttest_ind(after, before, equal_var=False)
    assert effect.absolute == pytest.approx(0.05)
    assert effect.relative == pytest.approx(1.25)
    assert effect.p_value == pytest.approx(theirs.pvalue, rel=1e-10)


def test_a_ratio_is_that_of_the_sums_with_the_error_of_its_residuals():
    draw = np.random.default_rng(3)
    orders = draw.poisson(1.5, (2, 300))
    money = orders * draw.lognormal(3, 0.5, (2, 300))

    effect = measure(compare(*(Sums.of(money[i], d=orders[i]) for i in (0, 1))))

    ratios = money.sum(axis=1) / orders.sum(axis=1)
    residuals = (money - ratios[:, None] * orders) / orders.mean(axis=1)[:, None]
    assert effect.absolute == pytest.approx(ratios[1] - ratios[0])
    error = math.sqrt((residuals.var(axis=1, ddof=1) / 300).sum())
    assert effect.standard_error == pytest.approx(error)


def test_a_relative_lift_is_near_the_delta_method_where_much_is_known():
    effect = measure(
        compare(Sums.of_stats(10**6, 10, 25), Sums.of_stats(10**6, 10.5, 25))
    )

    error = 1.05 * math.sqrt(25 / 10**6 * (1 / 10**2 + 1 / 10.5**2))
    assert effect.relative == pytest.approx(0.05)
    assert effect.relative_low == pytest.approx(0.05 - 1.95996 * error, rel=1e-4)
    assert effect.relative_high == pytest.approx(0.05 + 1.95996 * error, rel=1e-4)


def test_a_relative_lift_ends_where_a_scaled_control_is_just_excluded():
    control, treatment = Sums.of_rate(500, 20), Sums.of_rate(500, 45)

    effect = measure(compare(control, treatment))

    scaled = control.mean * (1 + effect.relative_low)
    error = math.sqrt(
        treatment.variance / 500
        + (1 + effect.relative_low) ** 2 * control.variance / 500
    )
    width = (effect.high - effect.low) / 2 / effect.standard_error
    assert (treatment.mean - scaled) / error == pytest.approx(width)


@pytest.mark.parametrize("mean", [-4.0, 0.0, 0.1])
def test_a_relative_lift_over_nearly_nothing_is_not_known(mean):
    effect = measure(compare(Sums.of_stats(100, mean, 9), Sums.of_stats(100, 5, 9)))

    assert effect.absolute == pytest.approx(5 - mean)
    assert (effect.relative, effect.relative_low, effect.relative_high) == (None,) * 3


@given(counts, means, variances, counts, means, variances)
def test_the_intervals_hold_their_estimates_and_agree_about_zero(
    n1, m1, v1, n2, m2, v2
):
    effect = measure(compare(Sums.of_stats(n1, m1, v1), Sums.of_stats(n2, m2, v2)))

    assert effect.low <= effect.absolute <= effect.high
    if effect.relative is not None:
        slack = 1e-9 * (1 + abs(effect.relative))
        low, high = effect.relative_low, effect.relative_high
        assert low - slack <= effect.relative <= high + slack
        if min(abs(effect.low), abs(effect.high)) > 1e-6:
            assert (low > 0, high < 0) == (effect.low > 0, effect.high < 0)


@given(st.floats(1e-3, 1e3))
def test_another_currency_changes_neither_lift_nor_chance(rate):
    before, after = spending(1, 200), spending(2, 200)

    effect = measure(compare(Sums.of(before), Sums.of(after)))
    changed = measure(compare(Sums.of(rate * before), Sums.of(rate * after)))

    assert changed.absolute == pytest.approx(rate * effect.absolute)
    assert changed.relative_low == pytest.approx(effect.relative_low)
    assert changed.p_value == pytest.approx(effect.p_value)


def test_more_certainty_is_a_wider_interval():
    found = compare(Sums.of_rate(900, 90), Sums.of_rate(900, 120))

    sure, surer = measure(found), measure(found, alpha=0.01)

    assert surer.low < sure.low < sure.high < surer.high
    assert surer.p_value == sure.p_value


def test_arms_that_vary_differently_are_not_mixed():
    found = compare(Sums.of_stats(10, 1, 4), Sums.of_stats(40, 1, 4))

    assert found.variance == pytest.approx(4 / 10 + 4 / 40)
    assert found.people == pytest.approx(16)


def test_an_arm_where_nobody_differs_is_as_unsure_as_the_other():
    found = compare(Sums.of_rate(100, 0), Sums.of_rate(1_900, 30))

    spread = Sums.of_rate(1_900, 30).variance
    assert found.variance == pytest.approx(spread / 100 + spread / 1_900)


def test_nothing_is_said_of_people_who_all_did_the_same():
    with pytest.raises(NotEnoughError, match="did the same"):
        compare(Sums.of_rate(50, 0), Sums.of_rate(50, 0))


def test_nothing_is_said_of_one_person():
    with pytest.raises(NotEnoughError, match="two people"):
        compare(Sums.of_rate(1, 0), Sums.of_rate(50, 10))


@pytest.mark.parametrize("alpha", [0, 1, -0.5])
def test_it_refuses_an_odd_alpha(alpha):
    found = compare(Sums.of_rate(50, 5), Sums.of_rate(50, 10))

    with pytest.raises(ValueError, match="alpha"):
        measure(found, alpha)


def test_a_lift_of_zero_has_a_chance_of_one():
    found = compare(Sums.of_rate(50, 5), Sums.of_rate(50, 5))

    assert measure(found).p_value == 1.0
    assert measure(replace(found, absolute=-0.0)).relative == 0
