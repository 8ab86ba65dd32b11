"""What beat calls: each store by itself."""

from __future__ import annotations

import pytest
import time_machine
from django.utils import timezone

from apps.accounts.services.each_store import in_each_store
from apps.outcomes import tasks
from apps.outcomes.models import Credit, Credited, OutcomeSettings
from apps.shop.models import Order
from tests.conftest import NOW
from tests.outcomes.shop import (
    ago,
    credit_click,
    order,
    product,
    said_of,
    shelf,
    tell_order,
    visit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOW, tick=False):
        yield


def test_beat_follows_shares_out_and_credits_what_was_seen(store, ada):
    OutcomeSettings.objects.create(store=store, view_through=True)
    dress, belt = product(store), product(store, "Belt", 8)
    decision = shelf(store, dress, belt)
    visit(store, ada, "ads", ago(3))
    clicked = order(store, ada, ago(hours=1.5), cost=30, thing=dress)
    credit_click(store, decision, tell_order(store, clicked, dress), ago(hours=1.5))
    tell_order(store, order(store, ada, ago(hours=2), cost=20, thing=belt), belt)
    tasks.follow_orders()
    tasks.credit_seen()
    tasks.follow_all_orders()
    tasks.credit_seen_late()
    tasks.share_out_credit()
    assert said_of(store, "margin", "margin_viewed") == [
        ("margin", 40), ("margin_viewed", 60),
    ]  # fmt: skip
    assert Credit.objects.of(store).filter(rule="markov", days=90).exists()


def test_a_store_that_breaks_keeps_no_other_waiting(store, other_store, monkeypatch):
    done = []

    def work(one, at):
        done.append(one)
        if one == store:
            raise RuntimeError("broken on purpose")
        return 0

    in_each_store("outcomes.test", work, timezone.now)
    assert set(done) == {store, other_store}


def test_a_closed_store_is_left_alone(store, ada):
    dress = product(store)
    made = order(store, ada, ago(hours=1), cost=30, thing=dress)
    decision = shelf(store, dress)
    credit_click(store, decision, tell_order(store, made, dress), made.placed_at)
    store.status = "closed"
    store.save()
    tasks.follow_orders()
    tasks.share_out_credit()
    assert not Credited.objects.of(store).exists()
    assert not Credit.objects.of(store).exists()
    assert Order.objects.of(store).count() == 1
