from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ml_models.experiments.sample_ratio import check_ratio


def test_one_look_is_the_chi_square_test():
    found = check_ratio([4_900, 5_100, 1_050], [45, 45, 10])

    theirs = stats.chisquare(
        [4_900, 5_100, 1_050], np.array([0.45, 0.45, 0.1]) * 11_050
    )
    assert found.p_value == theirs.pvalue
    assert found.expected == pytest.approx((0.45, 0.45, 0.1))
    assert found.shares == pytest.approx(
        (4_900 / 11_050, 5_100 / 11_050, 1_050 / 11_050)
    )


def test_many_looks_bet_a_beta_of_shares_against_the_promise():
    found = check_ratio([700, 500], [1, 1])

    bet = stats.betabinom.pmf(700, 1_200, 500, 500) / stats.binom.pmf(700, 1_200, 0.5)
    assert found.safe_p_value == pytest.approx(1 / bet, rel=1e-6)


def test_what_was_promised_rings_no_bell():
    found = check_ratio([50_100, 49_900], [1, 1])

    assert found.safe_p_value == 1.0
    assert not found.is_alarming


def test_two_percent_more_people_in_one_arm_ring_it():
    found = check_ratio([51_000, 49_000], [1, 1])

    assert found.p_value < 1e-9
    assert found.is_alarming


def test_a_small_holdout_may_be_small():
    assert not check_ratio([510, 9_490], [5, 95]).is_alarming
    assert check_ratio([300, 9_700], [5, 95]).is_alarming


def test_daily_looks_at_fair_arms_seldom_ring():
    draw = np.random.default_rng(3)
    days = draw.binomial(1_000, 0.5, (300, 28)).cumsum(axis=1)

    rung = [
        any(
            check_ratio([int(n), 1_000 * day - int(n)], [1, 1]).is_alarming
            for day, n in enumerate(test, 1)
        )
        for test in days
    ]

    assert sum(rung) <= 2


def test_before_anybody_came_nothing_is_wrong():
    found = check_ratio([0, 0], [1, 1])

    assert (found.p_value, found.safe_p_value, found.shares) == (1.0, 1.0, (0.5, 0.5))


@pytest.mark.parametrize(
    ("counts", "weights", "reason"),
    [
        ([5], [1], "two or more"),
        ([5, 5], [1, 1, 1], "two or more"),
        ([5, -1], [1, 1], "not negative"),
        ([5, 5], [1, 0], "above 0"),
        ([5, 5], [1, float("nan")], "above 0"),
    ],
)
def test_it_refuses_what_is_no_allocation(counts, weights, reason):
    with pytest.raises(ValueError, match=reason):
        check_ratio(counts, weights)
