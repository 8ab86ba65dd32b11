from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml_models.offpolicy import estimators
from ml_models.offpolicy.estimators import (
    clipped,
    doubly_robust,
    ips,
    lift,
    observed,
    snips,
    switch,
)
from ml_models.offpolicy.log import Log, Policy
from ml_models.offpolicy.weighing import weigh

# Chances of two candidates for two kinds of people, who are equally frequent.
LOGGED = np.array([[0.8, 0.2], [0.5, 0.5]])
WANTED = np.array([[0.1, 0.9], [0.7, 0.3]])
EARNED = np.array([[1.0, 3.0], [-2.0, 5.0]])
TRUTH = float((WANTED * EARNED).sum(1).mean())


def weighed_of(people, actions, earned=EARNED, groups=None):
    people, actions = np.array(people), np.array(actions)
    log = Log(
        actions,
        earned[people, actions],
        LOGGED[people, actions],
        np.tile([0, 1], (len(people), 1)),
        groups=groups,
    )
    return weigh(log, Policy(WANTED[people]))


def mean_over_worlds(estimate, count=3):
    """The expectation over every log of `count` decisions that there can be."""
    total = 0.0
    for people in product((0, 1), repeat=count):
        for actions in product((0, 1), repeat=count):
            chance = np.prod(0.5 * LOGGED[list(people), list(actions)])
            total += chance * estimate(weighed_of(people, actions)).value
    return total


def test_estimates_are_those_counted_by_hand():
    weighed = weighed_of([0, 0, 1, 1], [0, 1, 0, 1])
    # Weights 1/8, 9/2, 7/5, 3/5 on rewards 1, 3, -2, 5.
    earned = 1 / 8 + 27 / 2 - 14 / 5 + 3
    assert weighed.weights == pytest.approx([1 / 8, 9 / 2, 7 / 5, 3 / 5])
    assert ips(weighed).value == pytest.approx(earned / 4)
    assert snips(weighed).value == pytest.approx(earned / 6.625)
    # No weight above the root of 4.
    assert clipped(weighed).value == pytest.approx((1 / 8 + 6 - 14 / 5 + 3) / 4)
    assert clipped(weighed).largest_weight == 2.0
    assert observed(weighed).value == 7 / 4
    assert ips(weighed).largest_weight == 4.5
    squares = 1 / 64 + 81 / 4 + 49 / 25 + 9 / 25
    assert ips(weighed).effective_size == pytest.approx(6.625**2 / squares)


def test_doubly_robust_is_that_counted_by_hand():
    weighed = weighed_of([0, 1], [0, 1])
    expected = np.array([[2.0, 1.0], [0.0, 4.0]])
    # What is hoped for, and the weight times the surprise.
    first = 0.1 * 2 + 0.9 * 1 + 1 / 8 * (1 - 2)
    second = 0.3 * 4 + 3 / 5 * (5 - 4)
    found = doubly_robust(weighed, expected)
    assert found.value == pytest.approx((first + second) / 2)
    assert lift(weighed, expected).value == pytest.approx((first - 1 + second - 5) / 2)
    # Where the second weight is too large, the model alone is believed.
    assert switch(weighed, expected, 0.5).value == pytest.approx((first + 1.2) / 2)


def test_the_interval_is_that_of_a_mean():
    found = observed(weighed_of([0, 0, 1, 1], [0, 1, 0, 1]))
    rewards = [1.0, 3.0, -2.0, 5.0]
    error = np.std(rewards, ddof=1) / 2
    assert found.error == pytest.approx(error)
    # Student's t of 3 degrees.
    assert found.high - found.value == pytest.approx(3.182446305 * error)
    assert found.value - found.low == pytest.approx(3.182446305 * error)


def test_decisions_of_one_person_are_one_observation():
    people, actions = [0, 1, 1, 0], [0, 1, 0, 1]
    once = ips(weighed_of(people, actions))
    thrice = ips(weighed_of(people * 3, actions * 3, groups=np.tile(range(4), 3)))
    assert (thrice.value, thrice.error, thrice.high) == pytest.approx(
        (once.value, once.error, once.high)
    )


def test_one_decision_has_a_value_and_no_end_of_doubt():
    found = ips(weighed_of([0], [1]))
    assert found.value == pytest.approx(4.5 * 3)
    assert (found.low, found.high) == (-np.inf, np.inf)


def test_ips_is_right_on_average_over_all_worlds():
    assert mean_over_worlds(ips) == pytest.approx(TRUTH, abs=1e-12)


@pytest.mark.parametrize("model", [0.0, 1.0, -40.0])
def test_doubly_robust_is_right_on_average_however_wrong_its_model(model):
    def estimate(weighed):
        return doubly_robust(weighed, np.full((3, 2), model) * [[1, 2]])

    assert mean_over_worlds(estimate) == pytest.approx(TRUTH, abs=1e-12)


def test_clipping_loses_what_it_cuts_off():
    missing = 0.5 * 0.2 * (0.9 / 0.2 - 2) * 3
    found = mean_over_worlds(lambda weighed: clipped(weighed, 2.0))
    assert found == pytest.approx(TRUTH - missing, abs=1e-12)


choices = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=2, max_size=30
)


@settings(deadline=None, max_examples=50)
@given(choices, st.floats(-100, 100))
def test_a_constant_on_all_rewards_is_a_constant_on_snips(made, constant):
    people, actions = zip(*made, strict=True)
    before = snips(weighed_of(people, actions))
    after = snips(weighed_of(people, actions, EARNED + constant))
    assert after.value == pytest.approx(before.value + constant, abs=1e-9)
    assert after.error == pytest.approx(before.error, abs=1e-9)


@settings(deadline=None, max_examples=50)
@given(choices, st.randoms(use_true_random=False))
def test_the_order_of_decisions_does_not_matter(made, chance):
    mixed = chance.sample(made, len(made))
    for one in (ips, snips, clipped, observed):
        before = one(weighed_of(*zip(*made, strict=True)))
        after = one(weighed_of(*zip(*mixed, strict=True)))
        assert after.value == pytest.approx(before.value, abs=1e-9)
        assert after.error == pytest.approx(before.error, abs=1e-9)


@settings(deadline=None, max_examples=50)
@given(choices)
def test_a_policy_against_itself_earns_what_was_earned(made):
    people, actions = (np.array(one) for one in zip(*made, strict=True))
    log = Log(
        actions,
        EARNED[people, actions],
        LOGGED[people, actions],
        np.tile([0, 1], (len(people), 1)),
    )
    weighed = weigh(log, Policy(LOGGED[people]))
    for one in (ips, snips):
        assert one(weighed).value == pytest.approx(observed(weighed).value)
    assert estimators.ips(weighed).effective_size == pytest.approx(len(made))
