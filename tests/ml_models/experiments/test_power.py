from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_models.experiments.difference import compare
from ml_models.experiments.effect import measure
from ml_models.experiments.power import (
    days_to_go,
    people_needed,
    people_needed_once,
    smallest_found,
)
from ml_models.experiments.sequential import measure_always
from ml_models.experiments.sums import NotEnoughError, Sums

HISTORY = Sums.of_stats(10_000, 20, 400)


def share_found(people, judge):
    """Of 2,000 tests with a true effect of 2 on a spread of 20."""
    draw = np.random.default_rng(4)
    differences = draw.normal(2, (2 * 400 / people) ** 0.5, 2_000)
    found = compare(Sums.of_stats(people, 20, 400), Sums.of_stats(people, 20, 400))
    return np.mean(
        [judge(replace(found, absolute=each)).low > 0 for each in differences]
    )


def test_a_test_looked_at_once_needs_what_textbooks_say():
    assert people_needed_once(HISTORY, 2) == math.ceil(200 * (1.95996 + 0.84162) ** 2)


def test_a_test_looked_at_daily_needs_nearly_twice_as_many():
    assert people_needed(HISTORY, 2) == math.ceil(200 * (3.03512 + 0.84162) ** 2)


def test_the_people_asked_for_find_the_effect_in_four_of_five_tests():
    assert share_found(1_570, measure) == pytest.approx(0.8, abs=0.03)
    assert share_found(
        3_006, lambda found: measure_always(found, 3_006)
    ) == pytest.approx(0.8, abs=0.03)


@given(st.floats(0.5, 8))
def test_as_many_as_are_needed_could_find_just_that(smallest):
    people = people_needed(HISTORY, smallest)
    arm = Sums.of_stats(people, 20, 400)

    assert smallest_found(compare(arm, arm), people) == pytest.approx(
        smallest, rel=0.01
    )


def test_the_days_to_go_lead_to_the_people_needed():
    arm = Sums.of_stats(600, 20, 400)

    # 600 in 6 days; 3,006 are there in 31.
    assert days_to_go(compare(arm, arm), 2, target=3_006, days=6) == 25


def test_no_day_to_go_once_the_effect_would_have_shown():
    arm = Sums.of_stats(3_006, 20, 400)

    assert days_to_go(compare(arm, arm), 2, target=3_006, days=30) == 0


def test_a_small_holdout_takes_longer():
    even = compare(Sums.of_stats(500, 20, 400), Sums.of_stats(500, 20, 400))
    small = compare(Sums.of_stats(50, 20, 400), Sums.of_stats(950, 20, 400))

    assert days_to_go(small, 2, 3_006, 5) > 4 * days_to_go(even, 2, 3_006, 5)


@pytest.mark.parametrize("smallest", [0, -1, float("nan"), float("inf")])
def test_it_refuses_no_effect_at_all(smallest):
    with pytest.raises(ValueError, match="above 0"):
        people_needed(HISTORY, smallest)


def test_it_refuses_certainty():
    with pytest.raises(ValueError, match="chance between"):
        people_needed(HISTORY, 1, power=1)


@pytest.mark.parametrize("needed", [people_needed, people_needed_once])
def test_a_shop_where_nothing_happened_says_nothing(needed):
    with pytest.raises(NotEnoughError, match="did the same"):
        needed(Sums.of_rate(100, 0), 0.01)


def test_no_traffic_is_known_on_the_first_morning():
    arm = Sums.of_stats(600, 20, 400)

    with pytest.raises(NotEnoughError, match="No day"):
        days_to_go(compare(arm, arm), 2, target=3_006, days=0)
