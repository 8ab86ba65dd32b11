from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ml_models.bandits import (
    Counts,
    EpsilonGreedy,
    ThompsonBeta,
    ThompsonNormal,
    choose,
    counted,
    nothing,
)

ALL = [EpsilonGreedy(0.1), ThompsonBeta(), ThompsonNormal(mean=0.0, spread=1.0)]


def clicks(shows, wins):
    shows, wins = np.array(shows, np.float64), np.array(wins, np.float64)
    return Counts(shows, wins, wins)


def test_epsilon_greedy_is_exact():
    found = EpsilonGreedy(0.2).chances(clicks([10, 10, 20, 5], [1, 3, 2, 0]))
    assert found.tolist() == pytest.approx([0.05, 0.85, 0.05, 0.05])


def test_equals_share_what_the_best_gets():
    found = EpsilonGreedy(0.2).chances(clicks([10, 20, 10], [3, 6, 0]))
    assert found.tolist() == pytest.approx([1 / 15 + 0.4, 1 / 15 + 0.4, 1 / 15])


def test_who_was_never_shown_counts_as_the_best():
    found = EpsilonGreedy(0.0).chances(clicks([10, 0, 10], [3, 0, 1]))
    assert found.tolist() == [0.5, 0.5, 0.0]
    # Even where all that is known is a loss.
    lost = Counts(np.array([2.0, 0.0]), np.array([-9.0, 0.0]), np.array([50.0, 0.0]))
    assert EpsilonGreedy(0.0).chances(lost).tolist() == [0.5, 0.5]


def test_thompson_of_two_is_the_chance_to_be_larger():
    # P(X > Y) of Beta(1 + 2, 1) and Beta(1, 1): the mean of the first, 3/4.
    found = ThompsonBeta(floor=1e-9).chances(clicks([2, 0], [2, 0]))
    assert found.tolist() == pytest.approx([0.75, 0.25], abs=1e-5)


def test_thompson_of_many_is_what_draws_say():
    counts = clicks([100, 400, 50, 1000, 3], [5, 18, 3, 40, 0])
    found = ThompsonBeta(floor=1e-9).chances(counts)
    draws = np.random.default_rng(0).beta(
        1 + counts.totals, 1 + counts.shows - counts.totals, (400_000, 5)
    )
    seen = np.bincount(draws.argmax(1), minlength=5) / len(draws)
    assert found == pytest.approx(seen, abs=0.003)


def test_thompson_of_money_is_what_draws_say():
    counts = counted(3, [0, 0, 0, 1, 1, 1, 1, 2], [1.0, 5.0, 3, 2, 2, 2.5, 1, 9])
    found = ThompsonNormal(mean=2.0, spread=2.0, floor=1e-9).chances(counts)
    # By hand: one reward of 2 with a spread of 2 was seen before each.
    totals = np.array([4 + 8 + 3 / 4, 4 + 1.1875 + 4 / 5 * 0.125**2, 4 + 49 / 2])
    centers, strength = np.array([11 / 4, 9.5 / 5, 11 / 2]), np.array([4.0, 5.0, 2.0])
    scale = np.sqrt(totals / strength / strength)
    chance = np.random.default_rng(0)
    draws = centers + scale * stats.t(strength).rvs((400_000, 3), random_state=chance)
    seen = np.bincount(draws.argmax(1), minlength=3) / len(draws)
    assert found == pytest.approx(seen, abs=0.003)


def test_arms_alike_get_alike():
    for bandit in ALL:
        assert bandit.chances(nothing(4)).tolist() == pytest.approx([0.25] * 4)


def test_one_arm_is_always_chosen():
    for bandit in ALL:
        assert bandit.chances(nothing(1)).tolist() == pytest.approx([1.0])


def test_a_floor_is_held_however_sure_it_is():
    sure = clicks([10_000, 10_000], [9_000, 100])
    assert ThompsonBeta(floor=0.02).chances(sure).tolist() == pytest.approx(
        [0.98, 0.02]
    )
    # So many arms leave no such floor.
    assert ThompsonBeta(floor=0.4).chances(nothing(5)).tolist() == pytest.approx(
        [0.2] * 5
    )


made = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), max_size=40)


@settings(deadline=None, max_examples=40)
@given(made, made)
def test_counts_of_parts_add_up_to_those_of_all(first, second):
    parts = [
        counted(3, *(zip(*one, strict=True) if one else ((), ())))
        for one in (first, second)
    ]
    whole = first + second
    together = counted(3, *(zip(*whole, strict=True) if whole else ((), ())))
    added = parts[0] + parts[1]
    for bandit in ALL:
        chances = bandit.chances(together)
        assert chances.tolist() == bandit.chances(added).tolist()
        assert chances.sum() == pytest.approx(1)
        assert chances.min() > 0


def test_what_is_old_counts_less():
    old, new = clicks([100, 100], [50, 10]), clicks([100, 100], [10, 20])
    both = old.aged(days=21, half_life=7) + new
    assert both.shows.tolist() == [112.5, 112.5]
    assert both.totals.tolist() == [16.25, 21.25]
    assert EpsilonGreedy(0.0).chances(old + new).tolist() == [1.0, 0.0]
    assert EpsilonGreedy(0.0).chances(both).tolist() == [0.0, 1.0]


def test_choices_follow_the_chances_and_the_draw_alone():
    chances = np.array([0.25, 0.0, 0.75])
    chosen = [choose(chances, draw) for draw in (0.0, 0.2499, 0.25, 0.9999999)]
    assert chosen == [0, 0, 2, 2]
    for draw in (-0.1, 1.0, np.nan):
        with pytest.raises(ValueError, match="A draw is"):
            choose(chances, draw)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: EpsilonGreedy(1.5),
        lambda: ThompsonBeta(floor=0.0),
        lambda: ThompsonBeta(wins=0.0),
        lambda: ThompsonNormal(0.0, 0.0),
        lambda: nothing(0),
        lambda: clicks([-1.0], [0.0]),
        lambda: clicks([1.0, 2.0], [0.0]),
        lambda: ThompsonBeta().chances(clicks([1.0], [2.0])),
    ],
)
def test_it_refuses_what_cannot_be(wrong):
    with pytest.raises(ValueError, match=r"[.]$"):
        wrong()
