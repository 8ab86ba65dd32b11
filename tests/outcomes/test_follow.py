"""Refunds and margins of credited orders join the decision, each once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from apps.decisions.models import Outcome
from apps.decisions.services.outcomes import net
from apps.events.models import Event, Interaction
from apps.outcomes.models import Credited
from apps.outcomes.services.follow import follow, follow_all
from apps.shop.models import Order
from tests.conftest import NOW
from tests.outcomes.shop import (
    ago,
    credit_click,
    order,
    product,
    refund,
    said_of,
    shelf,
    tell_order,
)

pytestmark = pytest.mark.django_db
REFUND, MARGIN = "refund", "margin"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture
def dress(store):
    return product(store)


@pytest.fixture
def decision(store, dress):
    return shelf(store, dress)


@pytest.fixture
def sold(store, dress, ada, decision):
    """Two dresses for 100 and 19 of tax, which cost 30 each: a click led to it."""
    made = order(store, ada, ago(hours=1), cost=30, thing=dress)
    credit_click(store, decision, tell_order(store, made, dress), made.placed_at)
    return made


def row(store):
    return Credited.objects.of(store).standing().get()


def test_an_order_s_margin_joins_its_decision(store, sold, decision):
    assert follow(store, NOW) == 1
    found = Outcome.objects.of(store).get(kind=MARGIN)
    line = sold.lines.get()
    assert (found.decision_id, found.amount, found.currency) == (
        decision.pk, Decimal(40), "EUR",
    )  # fmt: skip
    assert (found.source, found.occurred_at) == (f"line:{line.pk}", sold.placed_at)
    assert (row(store).line, row(store).margin) == (line, Decimal(40))


def test_a_later_refund_changes_the_net_once(store, sold, decision, clock):
    follow(store, NOW)
    clock.shift(timedelta(days=40))
    late = NOW + timedelta(days=40)
    back = refund(sold, "59.50", pieces=1, total=50, tax="9.50", at=late)
    assert follow(store, late) == 2
    assert follow(store, late) == 0
    assert net(store, decision.pk) == {"EUR": Decimal(50)}
    assert said_of(store, REFUND, MARGIN) == [
        ("margin", Decimal(40)), ("refund", Decimal(50)), ("margin", Decimal(-20)),
    ]  # fmt: skip
    found = Outcome.objects.of(store).get(kind=REFUND)
    assert found.source == f"refund:{back.pk}:line:{sold.lines.get().pk}"
    assert (row(store).refunded, row(store).margin) == (Decimal(50), Decimal(20))


def test_of_money_alone_the_line_s_part_without_tax_counts(store, sold, decision):
    refund(sold, "11.90")
    follow(store, NOW)
    assert said_of(store, REFUND) == [("refund", Decimal(10))]
    assert row(store).margin == Decimal(30)


def test_of_two_refunds_each_is_a_row(store, sold):
    refund(sold, "59.50", pieces=1, total=50, tax="9.50")
    refund(sold, "59.50", pieces=1, total=50, tax="9.50")
    follow(store, NOW)
    assert said_of(store, REFUND) == [("refund", Decimal(50)), ("refund", Decimal(50))]
    assert row(store).margin == Decimal(0)


def test_a_deleted_refund_is_taken_back_and_may_come_again(store, sold, decision):
    back = refund(sold, "59.50", pieces=1, total=50, tax="9.50")
    follow(store, NOW)
    for is_there, left in ((False, 100), (True, 50), (False, 100)):
        back.deleted_at = None if is_there else NOW
        back.save()
        assert follow(store, NOW) == 2
        assert net(store, decision.pk) == {"EUR": Decimal(left)}
    assert said_of(store, REFUND) == [
        ("refund", Decimal(50)), ("refund", Decimal(-50)), ("refund", Decimal(50)),
        ("refund", Decimal(-50)),
    ]  # fmt: skip
    assert row(store).margin == Decimal(40)


def test_a_cancelled_order_brought_nothing(store, sold, decision):
    follow(store, NOW)
    sold.status = Order.Status.CANCELLED
    sold.save()
    follow(store, NOW)
    assert net(store, decision.pk) == {"EUR": Decimal(0)}
    assert row(store).margin == Decimal(0)


def test_a_line_that_was_taken_out_brought_nothing(store, sold, decision):
    follow(store, NOW)
    sold.lines.get().delete()
    follow_all(store, NOW)
    assert net(store, decision.pk) == {"EUR": Decimal(0)}
    assert row(store).margin == Decimal(0)


def test_an_unknown_cost_is_no_margin(store, sold):
    sold.lines.update(unit_cost=None)
    follow(store, NOW)
    assert said_of(store, MARGIN) == []
    assert row(store).margin is None


def test_what_did_not_change_is_not_looked_at_again(store, sold, clock):
    follow(store, NOW)
    clock.shift(timedelta(days=1))
    assert follow(store, NOW + timedelta(days=1)) == 0
    # Not by the way that shops do it: nobody could see that it changed.
    sold.lines.update(unit_cost=20)
    assert follow(store, NOW + timedelta(days=1)) == 0
    assert follow_all(store, NOW + timedelta(days=1)) == 1
    assert row(store).margin == Decimal(60)


def test_an_order_whose_copy_comes_later_is_found_then(store, dress, ada, decision):
    made = order(store, ada, ago(hours=1), thing=dress, cost=30)
    Order.objects.of(store).filter(pk=made.pk).update(status="checkout-draft")
    credit_click(store, decision, tell_order(store, made, dress), made.placed_at)
    assert follow(store, NOW) == 0
    Order.objects.of(store).filter(pk=made.pk).update(status="processing")
    assert follow(store, NOW) == 1


@pytest.mark.parametrize(("days", "found"), [(59, 1), (61, 0)])
def test_at_night_an_order_is_awaited_for_sixty_days(
    store, dress, ada, decision, days, found
):
    made = order(store, ada, ago(hours=1), thing=dress, cost=30)
    Order.objects.of(store).filter(pk=made.pk).update(status="checkout-draft")
    credit_click(store, decision, tell_order(store, made, dress), made.placed_at)
    follow(store, NOW)
    Order.objects.of(store).filter(pk=made.pk).update(status="processing")
    assert follow_all(store, NOW + timedelta(days=days)) == found


def test_a_page_that_guesses_a_number_finds_nothing(store, dress, ada, decision):
    made = order(store, ada, ago(days=2), thing=dress, cost=30)
    told = tell_order(store, made, dress, at=ago(hours=1))
    credit_click(store, decision, told, ago(hours=1))
    assert follow(store, NOW) == 0
    assert not Credited.objects.of(store).exists()


def test_without_its_event_the_customer_s_order_is_found(store, dress, ada, decision):
    made = order(store, ada, ago(hours=1), thing=dress, cost=30)
    told = tell_order(store, made, dress)
    credit_click(store, decision, told, made.placed_at)
    Interaction.objects.of(store).update(customer=ada)
    Event.objects.of(store).all()._raw_delete("default")
    assert follow(store, NOW) == 1
    assert row(store).order == made


def test_a_line_belongs_to_one_decision(store, sold, dress):
    other = shelf(store, dress, visitor="v2")
    again = tell_order(store, sold, dress, at=sold.placed_at + timedelta(minutes=5))
    credit_click(store, other, again, NOW)
    follow(store, NOW)
    follow(store, NOW)
    assert Credited.objects.of(store).count() == 1
    assert len(said_of(store, MARGIN)) == 1


def test_another_store_s_order_of_the_same_number_is_not_meant(
    store, other_store, dress, ada, decision
):
    theirs = product(other_store)
    order(other_store, None, ago(hours=1), thing=theirs, cost=1)
    made = order(store, ada, ago(hours=1), thing=dress, cost=30)
    credit_click(store, decision, tell_order(store, made, dress), made.placed_at)
    assert follow(other_store, NOW) == 0
    assert follow(store, NOW) == 1
    assert row(store).order == made
