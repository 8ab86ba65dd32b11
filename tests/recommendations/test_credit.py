"""What came of a shelf, joined to its decision."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from apps.decisions.models import Outcome
from apps.events.models import Interaction
from apps.outcomes.models import OutcomeSettings
from apps.recommendations.models import ShelfSettings
from apps.recommendations.services.answer import answer
from apps.recommendations.services.answering.ask import Ask
from apps.recommendations.services.credit import credit
from tests.conftest import NOW
from tests.events.rollups.conftest import at_ms, bring, roll_all
from tests.recommendations.goods import NEVER, product

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def dress(store):
    ShelfSettings.objects.create(store=store, variety=0, exploration_share=0)
    return product(store, "Linen dress")


@pytest.fixture
def coat(store, dress):
    return product(store, "Wool coat")


@pytest.fixture
def shown(store, dress, coat):
    """To one visitor an hour ago."""
    return answer(store, Ask(visitor="v1"), ago(60), NEVER).decision_id


def ago(minutes):
    return NOW - timedelta(minutes=minutes)


def click(store, thing, decision, *, minutes_ago=50, visitor="v1", n=1):
    said = {
        "type": "recommendation_clicked", "id": f"click-{n}", "visitor": visitor,
        "session": "s1", "placement": "home", "product": thing.woo_id,
        "decision": str(decision), "at": at_ms(ago(minutes_ago)),
    }  # fmt: skip
    bring(store, [said])


def order(store, thing, *, minutes_ago=10, visitor="v1", n=1):
    said = {
        "type": "order", "id": f"order-{n}", "visitor": visitor, "session": "s1",
        "order": n, "value": 80, "currency": "EUR", "at": at_ms(ago(minutes_ago)),
        "items": [{"product": thing.woo_id, "price": 40, "quantity": 2}],
    }  # fmt: skip
    bring(store, [said])


def joined(store, end=LATER):
    roll_all()
    credit(store, ago(24 * 60), end)
    rows = Outcome.objects.of(store).order_by("occurred_at", "kind")
    return [(row.decision_id, row.kind, row.amount, row.currency) for row in rows]


def test_a_click_is_the_decision_s(store, dress, shown):
    click(store, dress, shown)
    assert joined(store) == [(shown, "click", None, "")]


def test_an_order_of_what_was_clicked_is_so_too(store, dress, shown):
    click(store, dress, shown)
    order(store, dress)
    assert joined(store) == [
        (shown, "click", None, ""),
        (shown, "order", Decimal(80), "EUR"),
    ]


def test_the_same_again_joins_nothing(store, dress, shown):
    click(store, dress, shown)
    order(store, dress)
    first = joined(store)
    assert joined(store) == first
    assert credit(store, ago(600), LATER) == 0


def test_an_order_of_something_else_is_not(store, dress, coat, shown):
    click(store, dress, shown)
    order(store, coat)
    assert [kind for _, kind, *_ in joined(store)] == ["click"]


def test_an_order_before_the_click_is_not(store, dress, shown):
    click(store, dress, shown, minutes_ago=5)
    order(store, dress, minutes_ago=10)
    assert [kind for _, kind, *_ in joined(store)] == ["click"]


def test_an_order_of_another_visitor_is_not(store, dress, shown):
    click(store, dress, shown)
    order(store, dress, visitor="v2")
    assert [kind for _, kind, *_ in joined(store)] == ["click"]


def test_the_last_shelf_that_was_clicked_is_the_one(store, dress, shown):
    again = answer(store, Ask(visitor="v1"), ago(30), NEVER).decision_id
    click(store, dress, shown)
    click(store, dress, again, minutes_ago=20, n=2)
    order(store, dress)
    assert joined(store)[-1][:2] == (again, "order")


def test_an_order_a_week_later_still_is_and_after_that_not(store, dress, shown):
    click(store, dress, shown)
    order(store, dress)
    roll_all()
    deeds = Interaction.objects.of(store).filter(type="order")
    deeds.update(at=ago(50) + timedelta(days=7, minutes=1))
    end = NOW + timedelta(days=8)
    assert [kind for _, kind, *_ in joined(store, end=end)] == ["click"]
    deeds.update(at=ago(50) + timedelta(days=7) - timedelta(minutes=1))
    assert [kind for _, kind, *_ in joined(store, end=end)] == ["click", "order"]


def test_the_merchant_may_set_another_window(store, dress, shown):
    OutcomeSettings.objects.create(store=store, click_days=10)
    click(store, dress, shown)
    order(store, dress)
    roll_all()
    deeds = Interaction.objects.of(store).filter(type="order")
    deeds.update(at=ago(50) + timedelta(days=10, minutes=1))
    end = NOW + timedelta(days=11)
    assert [kind for _, kind, *_ in joined(store, end=end)] == ["click"]
    deeds.update(at=ago(50) + timedelta(days=10) - timedelta(minutes=1))
    assert [kind for _, kind, *_ in joined(store, end=end)] == ["click", "order"]


@pytest.mark.parametrize(
    "decision", ["", "no id", "01974c3e-8a4b-7d2e-9c1f-000000000001"]
)
def test_what_names_no_decision_of_ours_joins_nothing(store, dress, decision):
    click(store, dress, decision)
    assert joined(store) == []


def test_a_click_of_somebody_else_is_none_of_this_shelf(store, dress, shown):
    click(store, dress, shown, visitor="v2")
    assert joined(store) == []


def test_a_product_that_was_not_on_it_was_not_clicked_there(store, dress, shown):
    click(store, product(store, "Silk scarf"), shown)
    assert joined(store) == []


def test_another_store_s_decision_joins_nothing(store, other_store, dress):
    product(other_store, "Theirs")
    theirs = answer(other_store, Ask(visitor="v1"), ago(60), NEVER).decision_id
    click(store, dress, theirs)
    assert joined(store) == []
    assert not Outcome.objects.of(other_store).exists()
