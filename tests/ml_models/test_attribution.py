from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml_models.attribution import (
    RULES,
    Journeys,
    attribute,
    markov,
    position_based,
    removal_effects,
    time_decay,
)

SEARCH, MAIL, SOCIAL = 0, 1, 2


def journeys(*told):
    """Each: the channels of its touches a day apart, and the value, None for none."""
    touches = [
        (number, channel, float(day))
        for number, (channels, _) in enumerate(told)
        for day, channel in enumerate(channels)
    ]
    return of_touches(touches, [value for _, value in told])


def of_touches(touches, values):
    columns = np.array(touches, np.float64).reshape(-1, 3)
    return Journeys(
        columns[:, 0].astype(np.int64),
        columns[:, 1].astype(np.int64),
        columns[:, 2],
        np.array([value or 0.0 for value in values], np.float64),
        np.array([value is not None for value in values], bool),
        3,
    )


LONG = journeys(((SEARCH, MAIL, SOCIAL, MAIL), 100.0))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("last_touch", [0, 100, 0]),
        ("linear", [25, 50, 25]),
        ("position_based", [40, 10 + 40, 10]),
    ],
)
def test_shares_are_those_counted_by_hand(rule, expected):
    found = RULES[rule](LONG)
    assert found.by_channel.tolist() == pytest.approx(expected)
    assert found.weights.tolist() == pytest.approx(np.array(expected) / 100)
    assert found.unattributed == 0


def test_two_touches_share_alike_and_one_gets_all():
    found = attribute(
        journeys(((SEARCH, MAIL), 10.0), ((SOCIAL,), 3.0)), position_based
    )
    assert found.by_channel.tolist() == pytest.approx([5, 5, 3])


def test_a_week_before_the_last_touch_counts_half():
    touches = [(0, SEARCH, 0.0), (0, MAIL, 7.0), (0, SOCIAL, 14.0)]
    found = attribute(of_touches(touches, [70.0]), time_decay)
    assert found.by_channel.tolist() == pytest.approx([10, 20, 40])


def test_a_refund_takes_from_those_who_got_the_order():
    bought = journeys(((SEARCH, MAIL), 50.0), ((SOCIAL,), 20.0))
    refunded = journeys(((SEARCH, MAIL), -6.0), ((SOCIAL,), 20.0))
    before, after = RULES["linear"](bought), RULES["linear"](refunded)
    assert before.by_channel.tolist() == pytest.approx([25, 25, 20])
    assert after.by_channel.tolist() == pytest.approx([-3, -3, 20])
    # They still led to two purchases.
    assert after.weights.tolist() == pytest.approx([0.25, 0.25, 0.5])


def test_what_nothing_led_to_is_said_to_be_so():
    bare = journeys(((), 30.0), ((MAIL,), 5.0), ((), None))
    for rule in RULES.values():
        found = rule(bare)
        assert found.by_channel.tolist() == pytest.approx([0, 5, 0])
        assert found.unattributed == 30.0


def test_removal_effects_are_those_counted_by_hand():
    """search -> mail -> bought; mail -> gone; search -> gone; search -> bought.

    From the start 3/4 to search and 1/4 to mail; from search 1/3 each to mail, gone and
    bought; from mail 1/2 bought. So 3/4 (1/3 + 1/3 1/2) + 1/4 1/2 = 1/2 buy; without
    search 1/8, without mail 1/4.
    """
    told = journeys(
        ((SEARCH, MAIL), 60.0), ((MAIL,), None), ((SEARCH,), None), ((SEARCH,), 40.0)
    )
    assert removal_effects(told).tolist() == pytest.approx([3 / 4, 1 / 2, 0])
    found = markov(told)
    assert found.by_channel.tolist() == pytest.approx([60, 40, 0])
    assert found.weights.tolist() == pytest.approx([0.6, 0.4, 0])


def test_journeys_that_led_nowhere_count_in_the_chain_alone():
    fine = journeys(((SEARCH,), 10.0), ((MAIL,), 10.0), ((SEARCH, MAIL), 10.0))
    spoiled = journeys(
        ((SEARCH,), 10.0),
        ((MAIL,), 10.0),
        ((SEARCH, MAIL), 10.0),
        *[((MAIL,), None)] * 3,
    )
    for rule in ("last_touch", "linear", "position_based", "time_decay"):
        found = RULES[rule](spoiled).by_channel.tolist()
        assert found == RULES[rule](fine).by_channel.tolist()
    assert removal_effects(fine).tolist() == pytest.approx([2 / 3, 2 / 3, 0])
    # Mail now leads to a purchase twice of 5 times, so one half buys; without search
    # 2/3 2/5, without mail 1/3 1/2.
    assert removal_effects(spoiled).tolist() == pytest.approx([7 / 15, 2 / 3, 0])
    assert markov(spoiled).weights.tolist() == pytest.approx([7 / 17, 10 / 17, 0])


def test_a_channel_that_is_returned_to_makes_a_loop():
    """mail -> mail -> mail -> bought: it stays with 2/3 and buys with 1/3, in the end."""
    assert removal_effects(journeys(((MAIL,) * 3, 9.0))).tolist() == [0, 1, 0]


def test_nothing_gives_nothing():
    empty = of_touches([], [])
    unsold = journeys(((SEARCH, MAIL), None))
    for told in (empty, unsold):
        for rule in RULES.values():
            found = rule(told)
            assert found.by_channel.tolist() == [0, 0, 0]
            assert found.weights.tolist() == [0, 0, 0]
            assert found.unattributed == 0


ways = st.lists(
    st.tuples(
        st.lists(st.integers(0, 2), max_size=6),
        st.none() | st.floats(-500, 500).map(lambda value: round(value, 2)),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=60)
@given(ways)
def test_values_add_up_to_all_that_was_earned(told):
    total = sum(value or 0 for _, value in told)
    for rule in RULES.values():
        found = rule(journeys(*told))
        added = found.by_channel.sum() + found.unattributed
        assert added == pytest.approx(total, abs=1e-6)
        assert found.weights.sum() == pytest.approx(1) or not found.weights.any()


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 3)), max_size=20
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_in_which_touches_are_told_does_not_matter(touches, chance):
    values = [10.0, None, -4.0, 7.5, 1.0]
    mixed = chance.sample(touches, len(touches))
    for rule in RULES.values():
        before = rule(of_touches(touches, values))
        after = rule(of_touches(mixed, values))
        assert after.by_channel == pytest.approx(before.by_channel, abs=1e-9)
        assert after.weights == pytest.approx(before.weights, abs=1e-9)


@pytest.mark.parametrize(
    ("touches", "values", "why"),
    [
        ([(1, SEARCH, 0)], [5.0], "belongs to one of the journeys"),
        ([(0, 3, 0)], [5.0], "one of the channels"),
        ([(0, SEARCH, np.nan)], [5.0], "are numbers"),
        ([(0, SEARCH, 0)], [np.inf], "are numbers"),
    ],
)
def test_it_refuses_journeys_that_cannot_be(touches, values, why):
    with pytest.raises(ValueError, match=why):
        of_touches(touches, values)


def test_it_refuses_a_value_without_a_purchase():
    with pytest.raises(ValueError, match="that converted has a value"):
        Journeys(
            np.array([0]),
            np.array([0]),
            np.zeros(1),
            np.array([5.0]),
            np.array([False]),
            1,
        )
