from __future__ import annotations

import numpy as np
import pytest

from ml_models.value.purchases import Refunds, purchases
from ml_models.value.rfm import outcome, rfm

# Ada buys three times, twice on one day; Dov once, long ago.
BOUGHT = purchases([1, 0, 0, 0, 0], [2, 50, 10, 50, 70], [8.0, 5.0, 20.0, 7.0, 9.0])


def test_orders_of_one_day_are_one():
    assert BOUGHT.days.tolist() == [10, 50, 70, 2]
    assert BOUGHT.amounts.tolist() == [20.0, 12.0, 9.0, 8.0]


def test_what_is_known_as_of_a_day():
    known = rfm(BOUGHT, 60)
    assert known.customers.tolist() == [0, 1]
    assert known.repeats.tolist() == [1.0, 0.0]
    assert known.recency.tolist() == [40.0, 0.0]
    assert known.age.tolist() == [50.0, 58.0]
    assert known.spend.tolist() == [32.0, 8.0]
    assert known.column("orders of 30 days").tolist() == [1.0, 0.0]
    assert known.column("spend of 60 days").tolist() == [32.0, 8.0]
    assert known.column("last days between").tolist() == [40.0, 58.0]
    assert known.column("days overdue").tolist() == [10 / 25, 1.0]


def test_what_comes_later_changes_nothing():
    assert np.array_equal(rfm(BOUGHT, 60).values, rfm(BOUGHT.before(60), 60).values)


def test_the_window_begins_with_the_day_and_ends_before_its_last():
    customers = rfm(BOUGHT, 50).customers
    told = outcome(BOUGHT, customers, 50, 20)
    assert told.bought.tolist() == [1.0, 0.0]
    assert told.spend.tolist() == [12.0, 0.0]
    assert outcome(BOUGHT, customers, 50, 21).orders.tolist() == [2.0, 0.0]


def test_a_shop_without_orders_has_no_customers():
    assert rfm(BOUGHT, 0).values.shape[0] == 0


def test_amounts_are_finite():
    with pytest.raises(ValueError, match="finite"):
        purchases([0], [1], [float("nan")])


def test_a_refund_counts_from_its_day_on_and_is_no_purchase():
    back = Refunds(np.array([0, 1]), np.array([30, 9]), np.array([-15.0, -99.0]))
    some = purchases([0, 0, 1], [0, 10, 8], [20.0, 40.0, 30.0], refunds=back)
    before, after = rfm(some, 30), rfm(some, 31)
    assert before.spend.tolist() == [60.0, 0.0]
    assert after.spend.tolist() == [45.0, 0.0]
    assert after.column("last order").tolist() == [25.0, 0.0]
    assert after.column("orders").tolist() == [2.0, 1.0]
    assert after.column("days since last order").tolist() == [21.0, 23.0]
    told = outcome(some, before.customers, 10, 20)
    assert (told.spend.tolist(), told.orders.tolist()) == ([40.0, 0.0], [1.0, 0.0])
    assert outcome(some, before.customers, 10, 21).spend.tolist() == [25.0, 0.0]
    # What came back of an earlier purchase is not taken from these days.
    assert outcome(some, before.customers, 20, 20).spend.tolist() == [0.0, 0.0]
