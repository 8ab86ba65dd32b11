"""Sums against cases worked by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.experiments.models import Exposure, Metric
from apps.experiments.services import life, reckon_people, units
from apps.experiments.services.bandit import update_chances
from apps.experiments.services.people import Owner, identify
from apps.experiments.services.reckon_people import count_people
from apps.experiments.services.reckon_units import count_periods, count_products
from apps.shop.models import Product
from apps.shop.services import merge, refunds
from ml_models.experiments.sums import Sums
from tests.conftest import NOW
from tests.experiments.made import experiment, exposed, variant
from tests.experiments.sales import DAY, line, order, person

pytestmark = pytest.mark.django_db

ALL = list(Metric)
UNTIL = NOW + 14 * DAY


def counted(row, *, metrics=ALL, until=UNTIL):
    return count_people(row, metrics, until)


def sums(row, metric, key, **more):
    return counted(row, **more).of(metric, variant(row, key).pk)


def test_it_counts_each_person_once_with_all_they_did(store):
    row = experiment(store)
    ada, ben = person(store), person(store)
    exposed(row, "visitor:x", "a")
    exposed(row, f"customer:{ada.pk}", "a", customer=ada)
    exposed(row, f"customer:{ben.pk}", "b", customer=ben)
    order(store, ada, "30", days=-1)
    order(store, ada, "50", days=1)
    order(store, ada, "70", days=2, back="20")
    order(store, ben, "10", days=3)
    # The nobody known is a person with zeros.
    assert sums(row, "revenue", "a") == Sums.of([0, 100], [0, 30])
    assert sums(row, "revenue", "b") == Sums.of([10], [0])
    assert sums(row, "orders", "a") == Sums.of([0, 2], [0, 1])
    assert sums(row, "buyers", "a") == Sums.of([0, 1], [0, 1])
    assert sums(row, "order_value", "a") == Sums.of([0, 100], [0, 30], [0, 2])
    assert sums(row, "refund_share", "a") == Sums.of([0, 20], [0, 0], [0, 120])


def test_it_counts_nothing_from_outside_the_window(store):
    row = experiment(store)
    ada = person(store)
    exposed(row, f"customer:{ada.pk}", "a", customer=ada, at=NOW + DAY)
    order(store, ada, "1", days=1)
    order(store, ada, "2", days=1, status="cancelled")
    order(store, ada, "4", days=2, deleted_at=NOW)
    order(store, ada, "8", days=0.5)
    order(store, ada, "16", days=1 - 56)
    order(store, ada, "32", days=1 - 56.001)
    order(store, ada, "64", days=14)
    assert sums(row, "revenue", "a") == Sums.of([1], [8 + 16])


def test_what_was_before_counts_only_of_who_was_known_then(store):
    """A visitor is found out by ordering: in the group that orders more, more of them
    would have a past, and it would be taken for what made them order."""
    row = experiment(store)
    ada, ben = person(store), person(store)
    exposed(row, "visitor:found-out-later", "a", customer=ada)
    exposed(row, "visitor:signed-in", "b", customer=ben)
    exposed(row, f"customer:{ben.pk}", "b", customer=ben)
    for one in (ada, ben):
        order(store, one, "30", days=-1)
        order(store, one, "50", days=1)
    assert sums(row, "revenue", "a") == Sums.of([50], [0])
    assert sums(row, "revenue", "b") == Sums.of([50], [30])


def test_it_leaves_out_and_tells_of_other_currencies(store):
    row = experiment(store)
    ada = person(store)
    exposed(row, "visitor:x", "a", customer=ada)
    order(store, ada, "5", currency="USD")
    order(store, ada, "9", days=-1, currency="USD")
    order(store, ada, "7")
    assert sums(row, "revenue", "a") == Sums.of([7], [0])
    assert counted(row).other_currency == 1


def test_it_reckons_margins_like_the_shop(store):
    row = experiment(store)
    ada = person(store)
    exposed(row, "visitor:x", "a", customer=ada)
    line(order(store, ada, "100"), "100", cost="15", quantity=2)
    line(order(store, ada, "80"), "80")
    came_back = order(store, ada, "60")
    sold = line(came_back, "60", cost="10", quantity=2)
    values = {"amount": "30", "extras_total": "0", "refunded_at": NOW + 5 * DAY}
    back = {"order_line": sold, "quantity": 1, "total": "30", "tax": "0"}
    refunds.record(came_back, 8, values, [(101, back)])
    assert sums(row, "margin", "a") == Sums.of([70 + 20], [0])
    assert counted(row).cost_unknown == 1
    assert counted(row, metrics=["revenue"]).cost_unknown == 0


def test_it_takes_two_devices_of_one_person_for_one(store):
    row = experiment(store)
    ada = person(store)
    exposed(row, "visitor:phone", "b", customer=ada, at=NOW + DAY)
    exposed(row, "visitor:desk", "a", customer=ada, at=NOW)
    order(store, ada, "25", days=0.5)
    found = counted(row)
    assert found.people == {variant(row, "a").pk: 1}
    assert found.mixed == 1
    assert sums(row, "revenue", "a") == Sums.of([25], [0])


def test_it_takes_merged_customers_for_one(store, monkeypatch):
    # Ranges of one row: the merged row stands in another one than its person.
    monkeypatch.setattr(reckon_people, "AT_ONCE", 1)
    row = experiment(store)
    kept, between, absorbed = person(store), person(store), person(store)
    exposed(row, "visitor:x", "b", customer=absorbed)
    exposed(row, "visitor:y", "a", customer=between)
    exposed(row, "visitor:z", "a", customer=kept, at=NOW + DAY)
    order(store, absorbed, "40", days=0.5)
    merge.merge(kept, absorbed, at=NOW + 2 * DAY, reason="same phone")
    assert sums(row, "revenue", "b") == Sums.of([40], [0])
    assert sums(row, "revenue", "a") == Sums.of([0], [0])
    assert counted(row).mixed == 1


def test_it_knows_a_guest_who_is_linked_later(store):
    row = experiment(store)
    exposed(row, "visitor:x", "a", at=NOW)
    ada = person(store)
    order(store, ada, "12", days=1)
    assert sums(row, "revenue", "a") == Sums.of([0], [0])
    identify(store, {"x": Owner(lambda at: ada.pk)})
    assert sums(row, "revenue", "a") == Sums.of([12], [0])


def test_it_never_counts_another_stores_orders(store, other_store):
    row = experiment(store)
    ada = person(store)
    exposed(row, "visitor:x", "a", customer=ada)
    order(other_store, ada, "99", currency=store.currency)
    order(other_store, person(other_store), "99", currency=store.currency)
    assert sums(row, "revenue", "a") == Sums.of([0], [0])


def test_it_counts_only_its_own_phase(store):
    row = experiment(store)
    ada = person(store)
    exposed(row, f"customer:{ada.pk}", "a", customer=ada)
    order(store, ada, "20", days=1)
    row.phase = 2
    exposed(row, f"customer:{ada.pk}", "b", customer=ada, at=NOW + 2 * DAY, phase=2)
    order(store, ada, "30", days=3)
    assert sums(row, "revenue", "b") == Sums.of([30], [20])


@pytest.mark.parametrize("micros", [0, 1, 499_999, 500_000, 999_999])
def test_it_tells_moments_apart_to_the_microsecond(store, micros):
    row = experiment(store)
    ada = person(store)
    at = NOW + timedelta(microseconds=micros)
    exposed(row, f"customer:{ada.pk}", "a", customer=ada, at=at)
    early, late = order(store, ada, "1"), order(store, ada, "2")
    early.placed_at, late.placed_at = at - timedelta(microseconds=1), at
    early.save()
    late.save()
    assert sums(row, "revenue", "a") == Sums.of([2], [1])


def test_it_is_the_same_in_ranges_of_any_length(store, monkeypatch):
    row = experiment(store)
    for number in range(12):
        one = person(store)
        exposed(row, f"visitor:{number}", "ab"[number % 2], customer=one)
        order(store, one, str(number + 1), days=1 + number / 4)
    whole = counted(row)
    for length in (1, 2, 5):
        monkeypatch.setattr(reckon_people, "AT_ONCE", length)
        assert counted(row).sums == whole.sums


def test_it_counts_products_by_their_lines(store):
    row = experiment(store, unit="product", kind="price", place="price")
    coat = Product.objects.create(store=store, name="Coat", slug="coat")
    hat = Product.objects.create(store=store, name="Hat", slug="hat")
    assert units.add_due(row, NOW) == 2
    ada = person(store)
    sale = order(store, ada, "110", days=1)
    sold = line(sale, "80", cost="10", quantity=2, product=coat)
    line(sale, "30", cost="5", product=hat)
    line(order(store, ada, "40", days=-1), "40", cost="10", product=coat)
    line(order(store, ada, "40", days=-15), "40", cost="10", product=coat)
    values = {"amount": "40", "extras_total": "0", "refunded_at": NOW + 5 * DAY}
    back = {"order_line": sold, "quantity": 1, "total": "40", "tax": "0"}
    refunds.record(sale, 8, values, [(101, back)])
    found = count_products(row, ALL, UNTIL)
    both = [one.pk for one in row.variants.all()]
    for metric, worth in {
        "revenue": Sums.of([40, 30], [40, 0]),
        "margin": Sums.of([30, 25], [30, 0]),
        "orders": Sums.of([1, 1], [1, 0]),
        "refund_share": Sums.of([40, 0], [0, 0], [80, 30]),
    }.items():
        assert found.of(metric, both[0]) + found.of(metric, both[1]) == worth
    assert units.add_due(row, NOW) == 0
    assert hat.pk


def test_it_counts_stretches_of_time_that_have_ended(store):
    row = experiment(store, unit="period", kind="price", place="price", period_hours=24)
    assert units.add_due(row, NOW + 3.5 * DAY) == 4
    assert units.add_due(row, NOW + 3.5 * DAY) == 0
    starts = Exposure.objects.of(store).order_by("at").values_list("at", flat=True)
    assert list(starts) == [NOW + number * DAY for number in range(4)]
    ada = person(store)
    order(store, ada, "10", days=0.5)
    order(store, ada, "20", days=0.6)
    order(store, person(store), "40", days=0.7)
    order(store, ada, "80", days=2.1)
    order(store, ada, "99", days=3.1)
    found = count_periods(row, ALL, NOW + 3.5 * DAY)
    both = [one.pk for one in row.variants.all()]
    total = found.of("revenue", both[0]) + found.of("revenue", both[1])
    assert total == Sums.of([70, 0, 80])
    people = found.of("buyers", both[0]) + found.of("buyers", both[1])
    assert people == Sums.of([2, 0, 1])


def test_stretches_of_a_pause_are_not_compared(store):
    row = experiment(store, unit="period", kind="price", place="price", period_hours=24)
    units.add_due(row, NOW + 2.5 * DAY)
    life.pause(row, NOW + 2.5 * DAY)
    units.add_due(row, NOW + 5 * DAY)
    life.resume(row, NOW + 5.25 * DAY)
    units.add_due(row, NOW + 7.5 * DAY)
    began = Exposure.objects.of(store).order_by("at").values_list("at", flat=True)
    # The third was cut by the pause, the sixth began within it.
    assert [(at - NOW) / DAY for at in began] == [0, 1, 6, 7]
    assert row.days_in(NOW + 7.5 * DAY) == 7.5 - 2.75


def test_where_shares_moved_a_good_week_counts_for_both_alike(store):
    """Both do the same; in the better week one was given to nineteen of twenty."""
    row = experiment(store, policy="thompson", metric="buyers")
    weeks = ((0, 0.1, (200, 200), (0.5, 0.5)), (7, 0.4, (20, 380), (0.05, 0.95)))
    for day, rate, sizes, shares in weeks:
        for key, size, share in zip("ab", sizes, shares, strict=True):
            for number in range(size):
                one = person(store)
                exposed(
                    row, f"customer:{one.pk}", key, customer=one, propensity=share,
                    at=NOW + day * DAY,
                )  # fmt: skip
                if number < rate * size:
                    order(store, one, "10", days=day + 1)
    found = counted(row, metrics=["buyers"])
    for key, people in (("a", 220), ("b", 580)):
        one = variant(row, key).pk
        assert found.people[one] == people
        assert found.of("buyers", one).mean == pytest.approx(0.25)
    update_chances(row, UNTIL)
    chances = [one.chance for one in row.variants.all()]
    # By plain counts the second would be given to 99 of 100.
    assert 0.3 < chances[0] < 0.7
