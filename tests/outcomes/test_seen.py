"""Orders of what was seen and not clicked: off, and apart."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from apps.decisions.models import Outcome
from apps.decisions.services.outcomes import net
from apps.outcomes.models import Credited, OutcomeSettings
from apps.outcomes.services.follow import follow
from apps.outcomes.services.seen import credit_seen
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
KINDS = ("order", "order_viewed", "refund", "refund_viewed", "margin", "margin_viewed")


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def dress(store):
    return product(store)


@pytest.fixture
def on(store):
    return OutcomeSettings.objects.create(store=store, view_through=True)


@pytest.fixture
def sold(store, dress, ada):
    made = order(store, ada, ago(hours=2), cost=30, thing=dress)
    made.told = tell_order(store, made, dress)
    return made


def look(store):
    return credit_seen(store, ago(2), NOW, NOW)


def test_by_default_nothing_is_joined(store, dress, sold):
    shelf(store, dress)
    assert look(store) == 0
    assert said_of(store, *KINDS) == []


def test_when_on_the_last_shelf_that_showed_it_has_the_order(store, dress, sold, on):
    shelf(store, dress, at=ago(hours=20))
    last = shelf(store, dress, at=ago(hours=3))
    shelf(store, product(store, "Belt", 8), at=ago(hours=2.5))
    assert look(store) == 2
    assert look(store) == 0
    assert said_of(store, *KINDS) == [
        ("margin_viewed", Decimal(40)), ("order_viewed", Decimal(100)),
    ]  # fmt: skip
    assert set(Outcome.objects.of(store).values_list("decision_id")) == {(last.pk,)}
    assert net(store, last.pk) == {}


@pytest.mark.parametrize(
    ("at", "visitor"),
    [(ago(hours=27), "v1"), (ago(hours=1), "v1"), (ago(hours=3), "v2")],
    ids=["too long ago", "after the order", "somebody else"],
)
def test_what_was_not_seen_before_is_not_counted(store, dress, sold, on, at, visitor):
    shelf(store, dress, at=at, visitor=visitor)
    assert look(store) == 0


def test_a_longer_window_reaches_back(store, dress, sold, on):
    on.view_days = 2
    on.save()
    shelf(store, dress, at=ago(hours=27))
    assert look(store) == 2


def test_what_was_clicked_is_not_seen(store, dress, sold, on):
    decision = shelf(store, dress)
    credit_click(store, decision, sold.told, sold.placed_at)
    assert look(store) == 0


def test_a_refund_of_it_is_a_kind_of_its_own(store, dress, sold, on):
    shelf(store, dress)
    look(store)
    refund(sold, 119, pieces=2, total=100, tax=19)
    assert follow(store, NOW) == 2
    assert said_of(store, "refund_viewed", "refund") == [
        ("refund_viewed", Decimal(100))
    ]


def test_a_click_that_is_told_later_takes_the_order(store, dress, sold, on):
    decision = shelf(store, dress)
    look(store)
    credit_click(store, decision, sold.told, sold.placed_at)
    follow(store, NOW + timedelta(minutes=3))
    rows = said_of(store, *KINDS)
    sums = {kind: sum(a for k, a in rows if k == kind) for kind, _ in rows}
    assert sums == {"order_viewed": 0, "margin_viewed": 0, "order": 100, "margin": 40}
    assert Credited.objects.of(store).standing().get().is_viewed is False


def test_only_just_ordered_it_waits_for_clicks(store, dress, ada, on):
    shelf(store, dress)
    made = order(store, ada, ago(hours=0.5), cost=30, thing=dress)
    tell_order(store, made, dress)
    assert look(store) == 0
