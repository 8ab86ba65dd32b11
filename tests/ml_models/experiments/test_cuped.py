from __future__ import annotations

import numpy as np
import pytest

from ml_models.experiments.cuped import compare_adjusted
from ml_models.experiments.difference import compare
from ml_models.experiments.effect import measure
from ml_models.experiments.sums import NotEnoughError, Sums


def crowd(seed, people, lift=0.0, tied=0.8):
    """(people,) twice: before, during; correlated by `tied`."""
    draw = np.random.default_rng(seed)
    before = draw.normal(20, 5, people)
    noise = draw.normal(0, 5, people)
    during = 20 + tied * (before - 20) + np.sqrt(1 - tied**2) * noise + lift
    return before, during


def test_the_variance_shrinks_by_the_square_of_the_correlation():
    (x0, y0), (x1, y1) = crowd(1, 20_000), crowd(2, 20_000)

    adjusted = compare_adjusted(Sums.of(y0, x0), Sums.of(y1, x1))

    assert adjusted.variance_left == pytest.approx(1 - 0.8**2, abs=0.02)
    assert adjusted.theta == pytest.approx(0.8, abs=0.02)


def test_it_equals_comparing_the_adjusted_people():
    (x0, y0), (x1, y1) = crowd(3, 300), crowd(4, 500, lift=1)

    adjusted = compare_adjusted(Sums.of(y0, x0), Sums.of(y1, x1))

    rest0, rest1 = y0 - adjusted.theta * x0, y1 - adjusted.theta * x1
    by_hand = compare(Sums.of(rest0), Sums.of(rest1))
    assert adjusted.difference.absolute == pytest.approx(by_hand.absolute)
    assert adjusted.difference.variance == pytest.approx(by_hand.variance)
    assert adjusted.difference.freedom == pytest.approx(by_hand.freedom)


def test_no_theta_shrinks_more():
    (x0, y0), (x1, y1) = crowd(5, 300), crowd(6, 500, tied=0.3)

    adjusted = compare_adjusted(Sums.of(y0, x0), Sums.of(y1, x1))

    for other in (0.9 * adjusted.theta, 1.1 * adjusted.theta):
        rest = compare(Sums.of(y0 - other * x0), Sums.of(y1 - other * x1))
        assert rest.variance > adjusted.difference.variance


def test_a_ratio_is_adjusted_by_its_parts():
    draw = np.random.default_rng(7)
    habit = draw.gamma(2, 1, (2, 4_000))
    orders = draw.poisson(1 + habit)
    money = orders * (20 + 5 * habit)
    arms = [Sums.of(money[i], habit[i], orders[i]) for i in (0, 1)]

    adjusted = compare_adjusted(*arms)

    ratio = money.sum(axis=1) / orders.sum(axis=1)
    parts = (money - ratio[:, None] * orders) / orders.mean(axis=1)[:, None]
    rest = parts - adjusted.theta * habit
    variance = (rest.var(axis=1, ddof=1) / 4_000).sum()
    assert adjusted.difference.variance == pytest.approx(variance)
    assert adjusted.variance_left < 0.7


def test_without_a_covariate_nothing_changes():
    control, treatment = Sums.of_rate(500, 20), Sums.of_rate(500, 45)

    adjusted = compare_adjusted(control, treatment)

    assert adjusted.difference == compare(control, treatment)
    assert (adjusted.theta, adjusted.variance_left) == (0.0, 1.0)


def test_a_relative_lift_is_known_better_too():
    (x0, y0), (x1, y1) = crowd(8, 2_000), crowd(9, 2_000, lift=0.5)
    control, treatment = Sums.of(y0, x0), Sums.of(y1, x1)

    plain = measure(compare(control, treatment))
    adjusted = measure(compare_adjusted(control, treatment).difference)

    reach = plain.relative_high - plain.relative_low
    assert (adjusted.relative_high - adjusted.relative_low) / reach == pytest.approx(
        0.6, abs=0.03
    )


def test_a_covariate_that_is_the_metric_leaves_nothing_to_compare():
    _, during = crowd(1, 100)

    with pytest.raises(NotEnoughError, match="did the same"):
        compare_adjusted(Sums.of(during, during), Sums.of(during + 1, during))
