"""Shelves: every shelf that there can be is counted, so that averages are exact."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from ml_models.offpolicy.estimators import doubly_robust, ips, observed, snips
from ml_models.offpolicy.evaluate import Doubt, evaluate
from ml_models.offpolicy.log import NOBODY, UnusableLogError
from ml_models.offpolicy.ranking import chances_given, marginals
from ml_models.offpolicy.slates import Assumption, SlatePolicy, Slates, weigh_slates

LOGGED, WANTED = np.array([3.0, 2.0, 1.0]), np.array([1.0, 2.0, 3.0])
SHARE, NEW_SHARE = 0.6, 0.3
ROW = np.arange(3)
# What a candidate earns in the first place and in the second.
WORTH = np.array([[1.0, 2.0, 4.0], [0.5, 3.0, 1.0]])


def alone(shown):
    return WORTH[[0, 1], shown]


def spoiled(shown):
    """The second place earns less after candidate 2."""
    return alone(shown) * [1, 0.5 if shown[0] == 2 else 1]


def chance_of(shown, values, share):
    """The chance of a whole shelf, counted by hand."""
    left, total = [0, 1, 2], 1.0
    for column in shown:
        best = max(left, key=lambda one: values[one])
        total *= share / len(left) + (1 - share if column == best else 0)
        left.remove(column)
    return total


SHELVES = [np.array(shown) for shown in permutations(ROW, 2)]


def truth(earns):
    return sum(
        chance_of(shown, WANTED, NEW_SHARE) * earns(shown).sum() for shown in SHELVES
    )


def slates_of(shelves, rewards):
    shown = np.array(shelves)
    rows, places = np.indices(shown.shape)
    candidates = np.tile(ROW, (len(shown), 1))
    values = np.tile(LOGGED, (len(shown), 1))
    given = chances_given(values, candidates, shown, SHARE)
    ever = marginals(values, candidates, 2, SHARE)
    return Slates(
        shown,
        np.array(rewards, np.float64),
        given[rows, places, shown],
        candidates,
        marginals=ever[rows, places, shown],
    )


def policy_for(slates):
    values = np.tile(WANTED, (len(slates), 1))
    return SlatePolicy(
        chances_given(values, slates.candidates, slates.shown, NEW_SHARE),
        marginals(values, slates.candidates, 2, NEW_SHARE),
    )


def mean_over_shelves(earns, assumption, estimate, of_shelf=False):
    total = 0.0
    for shown in SHELVES:
        rewards = earns(shown).sum() if of_shelf else earns(shown)
        slates = slates_of([shown], [rewards])
        weighed = weigh_slates(slates, policy_for(slates), assumption)
        total += chance_of(shown, LOGGED, SHARE) * estimate(weighed).value
    return total


def test_chances_are_those_of_the_shelf():
    for shown in SHELVES:
        slates = slates_of([shown], [alone(shown)])
        assert slates.propensities.prod() == pytest.approx(
            chance_of(shown, LOGGED, SHARE)
        )


def test_marginals_are_the_sums_over_all_shelves():
    found = marginals(LOGGED[None], ROW[None], 3, SHARE)[0]
    counted = np.zeros((3, 3))
    for shown in permutations(ROW):
        counted[[0, 1, 2], list(shown)] += chance_of(shown, LOGGED, SHARE)
    assert found == pytest.approx(counted)


def test_marginals_follow_the_values_and_leave_out_nobody():
    candidates = np.array([[4, NOBODY, 5, 6], [4, 5, 6, 7]])
    values = np.array([[1.0, 9.0, 3.0, 2.0], [5.0, 6.0, 8.0, 7.0]])
    found = marginals(values, candidates, 4, 0.0)
    assert found[0].argmax(1).tolist()[:3] == [2, 3, 0]
    assert found[0].sum(1).tolist() == [1, 1, 1, 0]
    assert found[1].tolist() == np.eye(4)[[2, 3, 1, 0]].tolist()


def test_variety_moves_back_what_is_like_the_one_above():
    like = np.zeros((1, 3, 3))
    like[0, 0, 1] = like[0, 1, 0] = 1.0
    values, shown = np.array([[1.0, 0.9, 0.4]]), np.array([[0, 2, 1]])
    found = chances_given(values, ROW[None], shown, 0.3, variety=0.5, likeness=like)
    assert found[0] == pytest.approx(
        np.array([[0.8, 0.1, 0.1], [0, 0.15, 0.85], [0, 1, 0]])
    )
    with pytest.raises(UnusableLogError, match="what is like what"):
        chances_given(values, ROW[None], shown, 0.3, variety=0.5)


@pytest.mark.parametrize("assumption", [Assumption.WHOLE, Assumption.CASCADE])
def test_what_stands_above_may_matter_to_a_cascade(assumption):
    found = mean_over_shelves(spoiled, assumption, ips)
    assert found == pytest.approx(truth(spoiled), abs=1e-12)


def test_places_alone_are_right_where_nothing_above_matters():
    found = mean_over_shelves(alone, Assumption.PLACE, ips)
    assert found == pytest.approx(truth(alone), abs=1e-12)
    wrong = mean_over_shelves(spoiled, Assumption.PLACE, ips)
    assert abs(wrong - truth(spoiled)) > 0.05


def test_the_reward_of_a_shelf_needs_the_whole():
    found = mean_over_shelves(spoiled, Assumption.WHOLE, ips, of_shelf=True)
    assert found == pytest.approx(truth(spoiled), abs=1e-12)
    slates = slates_of([[0, 1]], [3.0])
    for other in (Assumption.CASCADE, Assumption.PLACE):
        with pytest.raises(UnusableLogError, match="reward"):
            weigh_slates(slates, policy_for(slates), other)


@pytest.mark.parametrize(
    ("assumption", "earns"),
    [(Assumption.CASCADE, spoiled), (Assumption.PLACE, alone)],
)
def test_doubly_robust_is_right_however_wrong_its_model(assumption, earns):
    def estimate(weighed):
        return doubly_robust(weighed, np.array([[7.0, -1.0, 2.0], [0.0, 5.0, 3.0]]))

    found = mean_over_shelves(earns, assumption, estimate)
    assert found == pytest.approx(truth(earns), abs=1e-12)


def test_a_shelf_that_ended_early_earns_what_it_held():
    slates = Slates(
        np.array([[0, 1], [1, NOBODY]]),
        np.array([[1.0, 2.0], [4.0, np.nan]]),
        np.array([[0.5, 1.0], [0.5, 0.0]]),
        np.array([[7, 8], [7, 8]]),
    )
    policy = SlatePolicy(
        np.array([[[0.25, 0.75], [0, 1.0]], [[0.25, 0.75], [0, 0]]]),
    )
    weighed = weigh_slates(slates, policy, Assumption.CASCADE)
    assert weighed.weights.tolist() == [0.5, 0.5, 1.5]
    assert observed(weighed).value == 3.5
    assert ips(weighed).value == pytest.approx((0.5 + 1 + 6) / 2)
    # Of the first places 6.5 by a weight of 2; of the second, 2, on half of the shelves.
    assert snips(weighed).value == pytest.approx(6.5 / 2 + 2 / 2)
    # Of the first place, on both shelves; the second knows all of what is there.
    assert ips(weighed).effective_size == pytest.approx(2**2 / 2.5)


def test_what_nobody_explored_is_refused():
    shown = np.tile([0, 1], (300, 1))
    candidates = np.tile(ROW, (300, 1))
    slates = Slates(shown, np.ones((300, 2)), np.ones((300, 2)), candidates)
    for values, doubts in ((LOGGED, ()), (WANTED, (Doubt.NEVER_TRIED,))):
        chances = chances_given(np.tile(values, (300, 1)), candidates, shown, 0.0)
        weighed = weigh_slates(slates, SlatePolicy(chances), Assumption.CASCADE)
        assert evaluate(weighed).doubts[:1] == doubts


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"shown": np.array([[NOBODY, 1]])}, "from its first place"),
        ({"shown": np.array([[1, 1]])}, "on a shelf twice"),
        ({"shown": np.array([[1, 3]])}, "column of a candidate"),
        ({"shown": np.empty((0, 2), np.int64)}, "is empty"),
        ({"propensities": np.array([[0.5, 0.0]])}, "1 of 2 propensities"),
        ({"marginals": np.array([[0.5, 1.2]])}, "1 of 2 propensities"),
        ({"rewards": np.array([[0.5, np.nan]])}, "Every reward"),
        ({"rewards": np.array([0.5, 1.0])}, "rewards: expected"),
    ],
)
def test_it_refuses_shelves_that_cannot_be(change, why):
    good = {
        "shown": np.array([[0, 1]]),
        "rewards": np.array([[1.0, 0.0]]),
        "propensities": np.array([[0.5, 0.5]]),
        "candidates": ROW[None],
    }
    with pytest.raises(UnusableLogError, match=why):
        Slates(**{**good, **change})


def test_places_alone_need_marginals():
    slates = slates_of([[0, 1]], [[1.0, 1.0]])
    bare = SlatePolicy(policy_for(slates).chances)
    with pytest.raises(UnusableLogError, match="by marginals only"):
        weigh_slates(slates, bare, Assumption.PLACE)
