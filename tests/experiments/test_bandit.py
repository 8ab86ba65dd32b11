"""More of what works better, by the task that runs."""

from __future__ import annotations

import pytest
import time_machine

from apps.experiments import tasks
from apps.experiments.services.assign import Who, part_of
from tests.conftest import NOW
from tests.experiments.made import experiment
from tests.experiments.sales import DAY, crowd

pytestmark = pytest.mark.django_db


def chances(row, day=14):
    with time_machine.travel(NOW + day * DAY, tick=False):
        tasks.update_bandits()
    return [one.chance for one in row.variants.all()]


@pytest.mark.parametrize("metric", ["buyers", "orders", "revenue", "order_value"])
def test_it_gives_more_of_what_works_better(store, metric):
    row = experiment(store, policy="thompson", metric=metric, place="shelf")
    crowd(row, (300, 300), (0.2, 0.4))
    found = chances(row)
    assert found == pytest.approx([0.01, 0.99], abs=0.001)
    given = [
        part_of(store, "shelf", Who(visitor=f"v{number}")).seats[0]
        for number in range(200)
    ]
    assert sum(seat.arm.key == "b" for seat in given) > 190
    for seat in given:
        assert seat.propensity == pytest.approx(found["ab".index(seat.arm.key)])


def test_it_gives_the_best_so_far_and_some_of_each(store):
    row = experiment(store, policy="epsilon", metric="buyers")
    crowd(row, (60, 60), (0.2, 0.4))
    assert chances(row) == pytest.approx([0.05, 0.95])


def test_it_keeps_the_shares_until_a_hundred_came(store):
    row = experiment(store, policy="thompson", metric="buyers")
    crowd(row, (40, 59), (0.2, 0.4))
    assert chances(row) == [None, None]


def test_it_leaves_fixed_shares_alone(store):
    row = experiment(store, metric="buyers")
    crowd(row, (100, 100), (0.2, 0.4))
    assert chances(row) == [None, None]
