"""Credit by rule and channel: journeys worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine

from apps.events.models import Interaction
from apps.outcomes.models import Credit, OutcomeSettings, Progress
from apps.outcomes.services.journey import journey
from apps.outcomes.services.share_out import keep_fresh, share_out
from tests.conftest import NOW, customer
from tests.outcomes.shop import (
    ago,
    click,
    credit_of,
    order,
    product,
    refund,
    shelf,
    visit,
)

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture
def bought(store, ada):
    """Ads, then a search seven days later, then e-mail seven days later, then 100."""
    for channel, days in (("ads", 15), ("search", 8), ("email", 1)):
        visit(store, ada, channel, ago(days))
    return order(store, ada, ago(hours=2), cost=30)


@pytest.mark.parametrize(
    ("rule", "money"),
    [
        ("last_touch", {"email": D(100)}),
        ("linear", {"ads": D("33.33"), "search": D("33.33"), "email": D("33.34")}),
        ("position_based", {"ads": D(40), "search": D(20), "email": D(40)}),
        # 1/4, 1/2 and 1 of 7/4.
        ("time_decay", {"ads": D("14.29"), "search": D("28.57"), "email": D("57.14")}),
        # Whichever is taken away, nothing is bought.
        ("markov", {"ads": D("33.33"), "search": D("33.33"), "email": D("33.34")}),
    ],
)
def test_a_rule_shares_an_order_out(store, bought, rule, money):
    share_out(store, NOW)
    found = credit_of(store, rule)
    assert sum(found.values()) == D(100)
    for channel, amount in money.items():
        assert abs(found[channel] - amount) <= D("0.01"), (rule, found)
    assert set(found) == set(money)
    assert sum(credit_of(store, rule, "orders").values()) == pytest.approx(1, abs=1e-5)
    assert sum(credit_of(store, rule, "margin").values()) == D(40)
    assert credit_of(store, rule, days=90) == found


def test_who_did_not_buy_counts_for_what_would_be_missed(store, ada, dov):
    """Ads always end in nothing but after an e-mail, which loses nobody."""
    visit(store, ada, "email", ago(3))
    order(store, ada, ago(2), cost=30)
    visit(store, None, "ads", ago(3))
    visit(store, dov, "search", ago(4))
    visit(store, dov, "email", ago(3))
    order(store, dov, ago(2), cost=30)
    share_out(store, NOW)
    # Without e-mail nothing is bought, without searches half of it, without ads all.
    assert credit_of(store, "markov") == {"email": D("133.33"), "search": D("66.67")}
    assert credit_of(store, "linear") == {"email": D(150), "search": D(50)}


def test_clicks_on_shelves_are_a_channel(store, ada):
    dress = product(store)
    decision = shelf(store, dress)
    visit(store, ada, "direct", ago(hours=5))
    click(store, ada, decision, dress, ago(hours=4))
    click(store, ada, decision, dress, ago(hours=3.5))
    order(store, ada, ago(hours=3))
    share_out(store, NOW)
    assert credit_of(store, "last_touch") == {"picks": D(100)}
    # Two clicks of one visit are one touch.
    assert credit_of(store, "linear") == {"direct": D(50), "picks": D(50)}
    assert credit_of(store, "linear", "margin") == {"direct": None, "picks": None}


def test_a_click_that_no_decision_knows_is_none(store, ada):
    visit(store, ada, "direct", ago(hours=5))
    Interaction.objects.create(
        id=uuid4(), store=store, visitor="v", customer=ada, product=product(store),
        type="recommendation_clicked", at=ago(hours=4),
    )  # fmt: skip
    order(store, ada, ago(hours=3))
    share_out(store, NOW)
    assert credit_of(store, "last_touch") == {"direct": D(100)}


def test_what_nothing_led_to_is_told_apart(store, ada, dov):
    visit(store, ada, "search", ago(50))
    order(store, ada, ago(1))
    order(store, None, ago(1))
    visit(store, dov, "search", ago(1))
    order(store, dov, ago(2))
    visit(store, dov, "email", ago(3), is_bot=True)
    share_out(store, NOW)
    assert credit_of(store, "last_touch") == {"unattributed": D(300)}
    assert credit_of(store, "markov") == {"unattributed": D(300)}
    assert credit_of(store, "last_touch", "orders") == {"unattributed": 3.0}


def test_a_longer_journey_may_be_chosen(store, ada):
    OutcomeSettings.objects.create(store=store, journey_days=60)
    visit(store, ada, "search", ago(50))
    order(store, ada, ago(1))
    share_out(store, NOW)
    assert credit_of(store, "linear") == {"search": D(100)}


def test_refunds_leave_the_rest_to_share_out(store, bought):
    refund(bought, "59.50", pieces=1, total=50, tax="9.50")
    share_out(store, NOW)
    assert credit_of(store, "last_touch") == {"email": D(50)}
    assert credit_of(store, "last_touch", "margin") == {"email": D(20)}


def test_orders_that_earn_nothing_are_none(store, ada):
    visit(store, ada, "search", ago(2))
    order(store, ada, ago(1), status="cancelled")
    assert share_out(store, NOW) == 0


def test_first_orders_are_counted(store, ada):
    visit(store, ada, "ads", ago(9))
    first = order(store, ada, ago(8))
    visit(store, ada, "email", ago(2))
    order(store, ada, ago(1))
    ada.first_ordered_at = first.placed_at
    ada.save()
    share_out(store, NOW)
    assert credit_of(store, "last_touch", "new_customers") == {"ads": 1.0, "email": 0.0}


def test_a_period_is_the_store_s_own_days(store, ada):
    """Kiritimati is fourteen hours ahead: its 3 May began at ten in the morning of the
    2nd, and today is the 2nd of June."""
    store.time_zone = "Pacific/Kiritimati"
    store.save()
    begin = datetime(2026, 5, 3, 10, 0, tzinfo=UTC)
    order(store, ada, begin - timedelta(seconds=1), total=1)
    order(store, ada, begin, total=10)
    share_out(store, NOW)
    assert credit_of(store, "linear") == {"unattributed": D(10)}
    assert credit_of(store, "linear", days=90) == {"unattributed": D(11)}
    row = Credit.objects.of(store).filter(days=30).first()
    assert (row.starts_on.isoformat(), row.ends_on.isoformat()) == (
        "2026-05-04", "2026-06-02",
    )  # fmt: skip


def test_currencies_are_never_added(store, ada):
    visit(store, ada, "search", ago(2))
    order(store, ada, ago(1))
    order(store, ada, ago(1), total=70, currency="USD")
    share_out(store, NOW)
    assert credit_of(store, "linear") == {"search": D(100)}
    assert credit_of(store, "linear", currency="USD") == {"search": D(70)}


def test_another_store_s_rows_are_never_in(store, other_store, bought):
    stranger = customer(other_store, "Eve")
    visit(other_store, stranger, "social", ago(1))
    order(other_store, stranger, ago(1), total=500)
    share_out(store, NOW)
    share_out(other_store, NOW)
    assert set(credit_of(store, "linear")) == {"ads", "search", "email"}
    assert credit_of(other_store, "linear", currency="USD") == {"social": D(500)}


def test_a_store_without_orders_has_no_credit(store, other_store):
    visit(store, None, "ads", ago(1))
    assert share_out(store, NOW) == 0
    assert share_out(other_store, NOW) == 0


def test_a_merged_customer_is_one_person(store, ada, dov):
    visit(store, dov, "search", ago(2))
    dov.merged_into = ada
    dov.save()
    made = order(store, ada, ago(1))
    share_out(store, NOW)
    assert credit_of(store, "linear") == {"search": D(100)}
    assert [touch.channel for touch in journey(made).touches] == ["search"]


def test_it_is_worked_out_again_when_a_refund_arrives(store, bought, clock):
    later = NOW + timedelta(hours=1)
    clock.move_to(later)
    assert keep_fresh(store, later) > 0
    assert keep_fresh(store, later) == 0
    refund(bought, "59.50", pieces=1, total=50, tax="9.50")
    assert keep_fresh(store, later + timedelta(minutes=10)) > 0
    assert credit_of(store, "last_touch") == {"email": D(50)}


def test_it_rests_after_long_work(store, bought, clock):
    keep_fresh(store, NOW)
    Progress.objects.of(store).update(shared_seconds=600)
    later = NOW + timedelta(hours=1)
    clock.move_to(later)
    refund(bought, 10)
    assert keep_fresh(store, later) == 0
    assert keep_fresh(store, NOW + timedelta(hours=4)) > 0


def test_each_day_has_its_own(store, bought):
    keep_fresh(store, NOW)
    tomorrow = NOW + timedelta(days=1)
    assert keep_fresh(store, tomorrow) > 0
    assert str(Credit.objects.of(store).first().ends_on) == "2026-06-02"


def test_a_till_s_thousand_orders_are_nobody_s_journey(store, ada, monkeypatch):
    monkeypatch.setattr("apps.outcomes.services.share_out.MOST_ORDERS", 2)
    visit(store, ada, "search", ago(2))
    for _ in range(3):
        order(store, ada, ago(1))
    share_out(store, NOW)
    assert credit_of(store, "linear") == {"unattributed": D(300)}
