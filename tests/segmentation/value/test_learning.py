from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine

from apps.registry.models import ModelVersion
from apps.registry.services import learn, versions
from apps.registry.services.brain import TooLittleDataError
from apps.segmentation import tasks
from apps.segmentation.models import CustomerValue, Segment, ValueModel
from apps.segmentation.models.value import VALUE, Band
from apps.segmentation.services.learning.purchases import read
from apps.segmentation.services.learning.value import CustomerValues
from apps.segmentation.services.value_nightly import keep_fresh
from apps.shop.models import Order, OrderLine, Refund, RefundLine
from tests.conftest import NOW
from tests.segmentation.members import at_statement, make_segment
from tests.segmentation.value.world import grow, order, person

pytestmark = pytest.mark.django_db
Status = ModelVersion.Status


def train(store, at=NOW):
    return learn.learn(store, VALUE, as_of=at, clock=lambda: at, seed=1)


def served(store, customer):
    return CustomerValue.objects.of(store).served().get(customer=customer)


def test_one_order_is_enough(store):
    ada = person(store, "ada")
    order(ada, 20)
    version = train(store)
    assert (version.status, version.name) == (Status.CHAMPION, "rhythms")
    row = served(store, ada)
    assert (row.orders, row.spent, row.earned) == (1, 100.0, None)
    assert 0 < row.chance < 1
    assert row.churn == pytest.approx(1 - row.chance, abs=1e-6)
    assert 0 == row.low_90 < row.revenue_90 < row.high_90 < row.high_365
    assert row.total == pytest.approx(100 + row.revenue_365, abs=1e-5)
    assert (row.margin_90, row.margin_365) == (None, None)
    about = ValueModel.objects.of(store).served().get()
    assert (about.window_days, about.calibration_error) == (0, None)
    assert (about.customers, about.average_spent) == (1, 100.0)


def test_an_order_of_today_counts(store):
    ada = person(store, "ada")
    order(ada, 0.1)
    train(store)
    assert served(store, ada).orders == 1


def test_a_store_without_orders_is_told_so(store):
    order(person(store, "ben"), 3, status="cancelled")
    with pytest.raises(TooLittleDataError, match="Nobody has ordered"):
        train(store)
    assert not CustomerValue.objects.of(store).exists()


def test_orders_are_read_net_of_refunds_and_of_who_earned(store):
    ada, ben = person(store, "ada"), person(store, "ben")
    kept = order(ada, 40, "100.00", unit_cost=Decimal(60))
    order(ada, 10, "50.00", status="pending")
    order(ben, 5, "30.00")
    Refund.objects.create(
        store=store, order=kept, amount=Decimal(25), refunded_at=NOW - timedelta(30)
    )
    found = read(store, NOW)
    assert found.customers == [ada.pk, ben.pk]
    assert found.spent.tolist() == [75.0, 30.0]
    assert found.orders.tolist() == [1.0, 1.0]
    assert found.earned[0] == 15.0
    assert found.earned[1] != found.earned[1]
    assert read(store, NOW - timedelta(days=20)).customers == [ada.pk]


def test_no_past_day_knows_a_refund_of_later(store):
    kept = order(person(store, "ada"), 40, "100.00")
    Refund.objects.create(
        store=store, order=kept, amount=Decimal(25), refunded_at=NOW - timedelta(30)
    )
    found = read(store, NOW)
    assert found.purchases.net.tolist() == [75.0]
    assert found.purchases.before(found.today - 35).net.tolist() == [100.0]


def test_days_are_the_store_s_own(store):
    """An order after midnight in Berlin is of the evening before in UTC."""
    ada = person(store, "ada")
    order(ada, 1)
    late = NOW.replace(hour=22, minute=30) - timedelta(days=1)
    Order.objects.of(store).update(placed_at=late)
    store.time_zone = "Europe/Berlin"
    first = read(store, NOW).first
    store.time_zone = "UTC"
    assert first == read(store, NOW).first + 1


def test_who_was_merged_is_one_customer_and_who_is_gone_none(store):
    ada, gone = person(store, "ada"), person(store, "gone")
    order(ada, 30)
    order(gone, 30)
    gone.deleted_at = NOW - timedelta(days=1)
    gone.save(update_fields=["deleted_at"])
    train(store)
    rows = CustomerValue.objects.of(store).served()
    assert list(rows.values_list("customer", flat=True)) == [ada.pk]


@pytest.fixture
def grown(store):
    people = grow(store)
    return people, train(store)


def test_a_grown_shop_has_a_contest_and_everybody_a_value(store, grown):
    people, version = grown
    rows = list(CustomerValue.objects.of(store).served())
    assert version.status == Status.CHAMPION
    assert {row.customer_id for row in rows} == {one.pk for one in people}
    about = ValueModel.objects.of(store).served().get()
    assert about.window_days == 90
    assert about.calibration_error == pytest.approx(
        version.metrics["calibration_error"]
    )
    assert {"surprise", "brier", "total_error"} <= set(version.baseline_metrics)
    assert about.low_90 < about.revenue_90 < about.high_90
    assert about.revenue_90 == pytest.approx(sum(row.revenue_90 for row in rows))
    assert set(version.card["rivals"]) == {"blend", "rhythms"}


def test_each_row_holds_together(store, grown):
    for row in CustomerValue.objects.of(store).served():
        assert row.low_90 <= row.high_90 <= row.high_365
        assert row.revenue_90 <= row.revenue_365
        assert row.orders_90 <= row.orders_365
        assert (row.next_order_on is None) == (row.next_order_days is None)
        if row.next_order_on:
            assert row.next_order_on > NOW.date()
        effects = [abs(one["effect"]) for one in row.drivers]
        assert effects == sorted(effects, reverse=True)
        assert len(effects) == 6
        expected = Band.HIGH if row.churn >= 0.8 else Band.MEDIUM
        assert row.band == (expected if row.churn >= 0.5 else Band.LOW)


def test_who_bought_often_and_lately_is_the_likelier_one(store):
    grow(store, customers=20)
    often, once = person(store, "often"), person(store, "once")
    for days in range(4, 200, 14):
        order(often, days)
    order(once, 250)
    train(store)
    one, other = served(store, often), served(store, once)
    assert one.chance > 0.8 > 0.3 > other.chance
    assert one.next_order_on < NOW.date() + timedelta(days=60)
    assert other.next_order_on is None
    assert (one.band, other.band) == ("low", "high")


def test_margins_follow_what_is_earned(store):
    ada = person(store, "ada")
    order(ada, 60, unit_cost=Decimal(60))
    order(ada, 20, unit_cost=Decimal(60))
    train(store)
    row = served(store, ada)
    assert row.earned == 80.0
    assert row.margin_90 == pytest.approx(0.4 * row.revenue_90, rel=1e-4)
    assert row.margin_365 == pytest.approx(0.4 * row.revenue_365, rel=1e-4)


def given_back(order, amount, days_ago=1):
    return Refund.objects.create(
        store=order.store, order=order, amount=Decimal(amount),
        refunded_at=NOW - timedelta(days=days_ago),
    )  # fmt: skip


def test_money_given_back_for_goods_that_stay_spoils_nobody_s_margin(store):
    """Ninety-five of a hundred as goodwill: that order lost money, the dress did not."""
    people = [person(store, f"p{number}") for number in range(10)]
    made = [order(one, 30, unit_cost=Decimal(40)) for one in people]
    given_back(made[0], 95)
    train(store)
    rows = [served(store, one) for one in people]
    assert [row.earned for row in rows] == [-35.0] + [60.0] * 9
    for row in rows:
        assert row.margin_90 == pytest.approx(0.6 * row.revenue_90, abs=1e-5)


def test_earned_is_of_what_has_a_cost(store):
    ada = person(store, "ada")
    mixed = order(ada, 30, unit_cost=Decimal(40))
    OrderLine.objects.create(
        store=store, order=mixed, name="Bag", quantity=1, subtotal=100, total=100
    )
    train(store)
    row = served(store, ada)
    assert (row.spent, row.earned) == (200.0, 60.0)
    assert row.margin_90 == pytest.approx(0.6 * row.revenue_90, abs=1e-5)


def test_a_gift_beside_a_dress_counts_by_its_own_cost(store):
    """A bag without a known cost is no part of what the gift's loss is a share of."""
    ada = person(store, "ada")
    gift = order(ada, 30, "1.00", unit_cost=Decimal(5))
    OrderLine.objects.create(
        store=store, order=gift, name="Bag", quantity=1, subtotal=199, total=199
    )
    order(ada, 30, "199.00", unit_cost=Decimal(95))
    train(store)
    row = served(store, ada)
    assert row.earned == 100.0
    assert row.margin_90 == pytest.approx(0.5 * row.revenue_90, abs=1e-5)


def test_who_sent_all_back_earned_nothing_and_that_is_known(store):
    ada = person(store, "ada")
    lost = order(ada, 30, unit_cost=Decimal(40))
    RefundLine.objects.create(
        store=store, refund=given_back(lost, 100), order_line=lost.lines.get(),
        quantity=1, total=100,
    )  # fmt: skip
    assert read(store, NOW).earned.tolist() == [0.0]


def test_the_same_training_says_the_same(store, grown):
    before = dict(rows_of(store, grown[1]))
    again = train(store)
    assert dict(rows_of(store, again)) == before


def rows_of(store, version):
    rows = CustomerValue.objects.of(store).filter(version=version)
    return rows.values_list("customer", "churn")


def test_what_a_version_wrote_is_forgotten_whole_and_a_rollback_needs_no_work(store):
    ada = person(store, "ada")
    order(ada, 20)
    first = train(store)
    second = train(store, NOW + timedelta(days=7))
    assert served(store, ada).version_id == second.pk
    versions.rollback(store, VALUE, NOW + timedelta(days=8))
    assert served(store, ada).version_id == first.pk
    assert CustomerValues().forget(second) == 2
    assert CustomerValues().forget(second) == 0
    assert served(store, ada).version_id == first.pk


def test_each_night_values_are_new_from_the_files_of_what_serves(store, other_store):
    ada, ben = person(store, "ada"), person(store, "ben")
    order(ada, 20)
    assert keep_fresh(store, NOW) == 0
    version = train(store)
    before = served(store, ada)
    assert keep_fresh(store, NOW + timedelta(minutes=5)) == 0
    order(ben, 1)
    tomorrow = NOW + timedelta(days=40)
    assert keep_fresh(store, tomorrow) == 2
    row = served(store, ada)
    assert (row.version_id, row.computed_at) == (version.pk, tomorrow)
    assert row.churn > before.churn
    assert served(store, ben).orders == 1
    assert ValueModel.objects.of(store).get().customers == 2
    assert keep_fresh(other_store, tomorrow) == 0


def test_whose_order_was_canceled_has_no_row_the_next_night(store):
    ada, ben = person(store, "ada"), person(store, "ben")
    order(ada, 20)
    lost = order(ben, 20)
    train(store)
    cancel(lost)
    keep_fresh(store, NOW + timedelta(days=1))
    assert CustomerValue.objects.of(store).get().customer == ada


def test_of_two_nights_at_once_the_later_one_s_rows_stay(store):
    ada = person(store, "ada")
    order(ada, 20)
    version = train(store)
    night, later = NOW + timedelta(days=1), NOW + timedelta(days=1, hours=1)
    slow = [lambda: CustomerValues().renew(version, night)]

    def end_slow():
        if slow:
            slow.pop()()

    with at_statement("UPDATE segmentation_valuemodel", end_slow):
        CustomerValues().renew(version, later)
    assert served(store, ada).computed_at == later
    assert ValueModel.objects.of(store).get().computed_at == later


def cancel(order):
    order.status = "cancelled"
    order.save(update_fields=["status"])


def test_when_the_last_order_is_canceled_no_value_is_left(store):
    lost = order(person(store, "ada"), 20)
    version = train(store)
    cancel(lost)
    tomorrow = NOW + timedelta(days=1)
    assert keep_fresh(store, tomorrow) == 1
    assert not CustomerValue.objects.of(store).exists()
    about = ValueModel.objects.of(store).get()
    assert (about.version, about.customers, about.computed_at) == (version, 0, tomorrow)
    amounts = (about.average_spent, about.revenue_90, about.low_90, about.high_90)
    assert amounts == (0, 0, 0, 0)
    assert keep_fresh(store, NOW + timedelta(days=2)) == 0


def test_segments_are_due_once_values_are_new(store):
    lost = order(person(store, "ada"), 20)
    train(store)
    likely = make_segment(store, {"field": "churn_risk", "is": "at_least", "value": 0})

    def is_due_after(days):
        Segment.objects.of(store).update(is_due=False)
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            tasks.value_nightly_all()
        likely.refresh_from_db()
        return likely.is_due

    assert is_due_after(1)
    assert not is_due_after(1)
    cancel(lost)
    assert is_due_after(2)
    assert not is_due_after(3)


def test_the_next_order_s_day_is_counted_from_tomorrow(store):
    ada = person(store, "ada")
    for days in range(1, 100, 5):
        order(ada, days)
    train(store)
    row = served(store, ada)
    since = (row.next_order_on - date(NOW.year, NOW.month, NOW.day)).days
    assert since == 1 + int(row.next_order_days)
