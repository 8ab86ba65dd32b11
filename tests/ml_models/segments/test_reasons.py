from __future__ import annotations

import numpy as np
import pytest

from ml_models.segments.base import VIP
from ml_models.segments.quality import explained
from ml_models.segments.reasons import averages, facts, middles
from tests.ml_models.segments.crowds import crowd_of, five_kinds, joined, strangers


def told(crowd, places):
    return facts(crowd, places, averages(crowd))


def test_each_segment_is_told_by_what_it_is_named_for():
    crowd, kinds = five_kinds()
    found = told(crowd, kinds)
    first = [found[row][0]["kind"] for row in (0, 30, 60, 90, 120)]
    assert first == ["spent", "every", "coupons", "asleep", "since"]
    assert {len(one) for one in found} <= {2, 3}


def test_a_fact_has_its_numbers():
    crowd = crowd_of(
        4, orders=4.0, spent=[300.0, 20.0, 40.0, 40.0], recency_days=10.0,
        gap_mean=[21.0, 90.0, 90.0, 90.0],
    )  # fmt: skip
    found = told(crowd, np.zeros(4, int))[0]
    assert found[0] == {"kind": "spent", "value": 300.0, "times": 3.0}
    assert found[1] == {"kind": "every", "value": 21.0}


def test_who_stopped_has_no_rhythm():
    crowd = crowd_of(
        2, orders=[4.0, 2.0], spent=50.0, gap_mean=[10.0, 80.0], recency_days=300.0
    )
    assert "every" not in {one["kind"] for one in told(crowd, np.ones(2, int))[0]}


def test_the_most_average_customer_has_two_facts_too():
    crowd = crowd_of(5, orders=2.0, spent=100.0, average_order=50.0)
    assert [len(one) for one in told(crowd, np.full(5, VIP))] == [2] * 5


def test_who_never_ordered_is_told_so():
    crowd = joined(five_kinds()[0], strangers(2))
    assert told(crowd, np.full(152, 4))[-2:] == [[{"kind": "no_order"}]] * 2


def test_a_segment_has_its_middle():
    crowd, kinds = five_kinds()
    found = middles(joined(crowd, strangers(9)), np.append(kinds, np.full(9, 4)))
    assert found["discount"]["coupons"] == pytest.approx(0.9)
    assert found["new"]["orders"] == 1.0
    assert middles(crowd, np.zeros(150, int))["new"]["spent"] == 0.0


def test_groups_that_foretell_what_comes_are_better():
    groups = np.repeat([0, 1], 10)
    after = np.stack([groups * 5.0 + np.tile([0, 1], 10), np.ones(20)], axis=1)
    good = explained(groups, after)
    assert good.mean() > 0.9
    assert explained(np.tile([0, 1], 10), after).mean() < 0.1
    assert explained(np.zeros(20, int), after).mean() < 0


def test_one_alone_foretells_nothing():
    after = np.array([[0.0], [1.0], [9.0]])
    assert explained(np.array([0, 1, 2]), after).tolist() == [0.0] * 3
    assert explained(np.zeros(3, int), np.ones((3, 1))).tolist() == [0.0] * 3
    assert explained(np.zeros(0, int), np.ones((0, 1))).shape == (0,)
