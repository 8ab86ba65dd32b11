"""Which logs are refused, and what a policy weighs."""

from __future__ import annotations

import numpy as np
import pytest

from ml_models.offpolicy.log import NOBODY, Log, Policy, UnusableLogError
from ml_models.offpolicy.weighing import effective_size, weigh

PAIR = np.array([[7, 8], [7, 8]])
GOOD = {
    "actions": np.array([0, 1]),
    "rewards": np.array([1.0, 0.0]),
    "propensities": np.array([0.5, 0.25]),
    "candidates": PAIR,
}


def chances(*rows):
    return Policy(np.array(rows, np.float64))


def test_it_weighs_by_how_much_more_often_the_policy_chooses():
    weighed = weigh(Log(**GOOD), chances([0.75, 0.25], [0.5, 0.5]))
    assert weighed.weights.tolist() == [1.5, 2.0]
    assert effective_size(weighed.weights) == pytest.approx(3.5**2 / 6.25)


@pytest.mark.parametrize("propensity", [0.0, -0.1, 1.5, np.nan, np.inf])
def test_it_refuses_an_impossible_propensity(propensity):
    wrong = {**GOOD, "propensities": np.array([0.5, propensity])}
    with pytest.raises(UnusableLogError, match=r"1 of 2 propensities .* for instance"):
        Log(**wrong)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"actions": np.array([], np.int64)}, "is empty"),
        ({"actions": np.array([0, 2])}, "column of a candidate"),
        ({"actions": np.array([0, -1])}, "column of a candidate"),
        ({"rewards": np.array([1.0, np.nan])}, "Every reward is a number"),
        ({"rewards": np.array([1.0])}, r"rewards: expected \(2,\), found \(1,\)"),
        ({"candidates": np.array([[7, 8], [7, NOBODY]])}, "not among the candidates"),
        ({"chances": np.array([[0.5, 0.5], [0.5, 0.5]])}, "contradict each other"),
        ({"chances": np.array([[0.5, 0.4], [0.75, 0.25]])}, "add up to 1"),
        ({"features": np.zeros((2, 3, 1), np.float32)}, "features: expected"),
    ],
)
def test_it_refuses_a_log_that_cannot_be(change, why):
    with pytest.raises(UnusableLogError, match=why):
        Log(**{**GOOD, **change})


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([[0.5, 0.4], [0.5, 0.5]], "add up to 1"),
        ([[1.5, -0.5], [0.5, 0.5]], "never below 0"),
        ([[np.nan, 1.0], [0.5, 0.5]], "never below 0"),
    ],
)
def test_it_refuses_a_policy_of_no_chances(rows, why):
    with pytest.raises(UnusableLogError, match=why):
        chances(*rows)


def test_it_refuses_a_policy_of_other_decisions():
    with pytest.raises(UnusableLogError, match="the policy's chances: expected"):
        weigh(Log(**GOOD), chances([1.0, 0.0]))


def test_it_refuses_a_chance_of_nobody():
    candidates = np.array([[7, 8], [NOBODY, 8]])
    with pytest.raises(UnusableLogError, match="no candidate"):
        weigh(Log(**{**GOOD, "candidates": candidates}), chances([1, 0], [1, 0]))


def test_what_was_never_possible_is_told_exactly():
    log = Log(
        **{
            **GOOD,
            "propensities": np.array([1.0, 0.25]),
            "chances": np.array([[1.0, 0.0], [0.75, 0.25]]),
        }
    )
    outside = np.array([0.0, 0.1])
    policy = Policy(np.array([[0.4, 0.6], [0.5, 0.4]]), outside)
    assert weigh(log, policy).untried == pytest.approx((0.6 + 0.1) / 2)


def test_without_all_chances_missing_weight_tells_what_was_never_possible():
    count = 200
    log = Log(
        np.zeros(count, np.int64),
        np.ones(count),
        np.ones(count),
        np.tile([7, 8], (count, 1)),
    )
    # Every fourth time the policy would have shown the other one.
    other = np.arange(count) % 4 == 0
    weighed = weigh(log, Policy(np.column_stack([~other, other]).astype(np.float64)))
    error = np.sqrt(0.25 * 0.75 / (count - 1))
    assert weighed.untried == pytest.approx(0.25 - 2.5 * error)
