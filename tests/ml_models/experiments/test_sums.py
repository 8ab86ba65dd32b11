from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_models.experiments.sums import NotEnoughError, Sums

amounts = st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), max_size=30)


def test_it_adds_up_what_each_person_did():
    arm = Sums.of([1, 2, 4], x=[3, 0, 1], d=[1, 1, 2])

    assert arm == Sums(3, 7, 21, d=4, dd=6, yd=11, x=4, xx=10, xy=7, xd=5)


def test_a_rate_is_a_mean_of_zeros_and_ones():
    assert Sums.of_rate(5, 2) == Sums.of([1, 0, 1, 0, 0])


def test_published_figures_make_the_same_arm():
    rows = np.array([3.0, 5.0, 10.0])

    arm = Sums.of_stats(3, rows.mean(), rows.var(ddof=1))

    assert astuple(arm) == pytest.approx(astuple(Sums.of(rows)))


def test_what_a_database_added_up_makes_the_same_arm():
    arm = Sums.of_sums(3, y=7, yy=21, x=4, xx=10, xy=7)

    assert arm == Sums.of([1, 2, 4], x=[3, 0, 1])


@given(amounts, amounts)
def test_adding_arms_is_adding_their_people(some, others):
    together = Sums.of(some, x=some[::-1]) + Sums.of(others, x=others[::-1])

    whole = Sums.of(some + others, x=some[::-1] + others[::-1])
    assert astuple(together) == pytest.approx(astuple(whole), rel=1e-9, abs=1e-3)


def test_the_variance_of_a_mean_is_that_of_its_people():
    rows = np.random.default_rng(1).lognormal(3, 1, 50)

    assert Sums.of(rows).variance == pytest.approx(rows.var(ddof=1), rel=1e-12)


def test_the_variance_of_a_ratio_is_that_of_its_residuals():
    draw = np.random.default_rng(2)
    orders = draw.poisson(2, 60) + 1
    money = orders * draw.lognormal(3, 1, 60)

    arm = Sums.of(money, d=orders)

    residuals = (money - money.sum() / orders.sum() * orders) / orders.mean()
    assert arm.mean == money.sum() / orders.sum()
    assert arm.variance == pytest.approx(residuals.var(ddof=1), rel=1e-10)


def test_people_who_all_do_the_same_do_not_vary_by_rounding():
    assert Sums.of([0.1] * 1_000).variance == 0.0


def test_order_values_weigh_as_fewer_events_than_orders():
    assert Sums.of_rate(100, 7).events == 7
    assert Sums.of([0, 10, 10, 100]).events == pytest.approx(120**2 / 10_200)
    assert Sums.of([0, 0]).events == 0


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 1e200])
def test_it_refuses_what_is_not_a_number_or_too_large(bad):
    with pytest.raises(ValueError, match="not finite"):
        Sums.of([1.0, bad])


def test_it_refuses_arrays_that_do_not_match():
    with pytest.raises(ValueError, match="one number for each person"):
        Sums.of([1, 2], x=[1])


def test_it_refuses_sums_that_no_people_could_have():
    with pytest.raises(ValueError, match="add up to y, yy"):
        Sums.of_sums(2, y=10, yy=4)
    with pytest.raises(ValueError, match="fewer than no people"):
        Sums.of_sums(-1, y=0, yy=0)


@pytest.mark.parametrize("hits", [-1, 4])
def test_it_refuses_more_hits_than_people(hits):
    with pytest.raises(ValueError, match="is no rate"):
        Sums.of_rate(3, hits)


def test_one_person_has_no_variance_yet():
    with pytest.raises(NotEnoughError, match="two people"):
        _ = Sums.of([5]).variance


def test_nobody_has_no_mean_yet():
    with pytest.raises(NotEnoughError, match="divide"):
        _ = Sums.of([]).mean
