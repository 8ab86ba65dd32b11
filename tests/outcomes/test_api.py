"""GET /api/v1/outcomes/…: credit by rule and one order's journey, to whom."""

from __future__ import annotations

import pytest
import time_machine

from apps.accounts.services import keys
from apps.outcomes.services.share_out import share_out
from tests.accounts.conftest import Server, person
from tests.conftest import NOW, customer
from tests.outcomes.shop import ago, order, visit

pytestmark = pytest.mark.django_db
API = "/api/v1/outcomes"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def made(store, ada):
    visit(store, ada, "ads", ago(15))
    visit(store, ada, "email", ago(1))
    made = order(store, ada, ago(hours=2), cost=30)
    share_out(store, NOW)
    return made


def test_credit_by_one_rule(made, store, analyst):
    answer = person(analyst, store).get(f"{API}/credit/?rule=last_touch&days=90")
    assert answer.json() == {
        "days": 90, "first": "2026-03-04", "last": "2026-06-01",
        "credit": [
            {
                "rule": "last_touch", "channel": "email", "currency": "EUR",
                "orders": 1.0, "new_customers": 0.0, "revenue": "100.0000",
                "margin": "40.0000", "margin_known": 1.0,
                "computed_at": "2026-06-01T12:00:00Z",
            }
        ],
    }  # fmt: skip


def test_by_all_rules(made, store, analyst):
    answer = person(analyst, store).get(f"{API}/credit/").json()
    assert answer["days"] == 30
    assert [row["rule"] for row in answer["credit"]] == [
        "last_touch", "linear", "linear", "markov", "markov", "position_based",
        "position_based", "time_decay", "time_decay",
    ]  # fmt: skip


def test_an_order_s_journey(made, store, analyst):
    answer = person(analyst, store).get(f"{API}/journey/?order={made.pk}").json()
    assert [touch["channel"] for touch in answer["touchpoints"]] == ["ads", "email"]
    assert answer["touchpoints"][1]["at"] == "2026-05-31T12:00:00+00:00"
    assert answer["touchpoints"][1]["weights"] == {
        "last_touch": 1.0, "linear": 0.5, "position_based": 0.5, "time_decay": 0.8,
        "markov": 0.5,
    }  # fmt: skip
    assert answer["channel_weights"]["time_decay"] == {"ads": 0.2, "email": 0.8}


@pytest.mark.parametrize(
    "path", ["credit/?days=7", "credit/?rule=luck", "journey/", "journey/?order=x"]
)
def test_odd_questions_are_refused(made, store, analyst, path):
    assert person(analyst, store).get(f"{API}/{path}").status_code == 400


def test_another_store_s_order_is_unknown(made, store, other_store, analyst):
    theirs = order(other_store, customer(other_store, "Eve"), ago(1))
    answer = person(analyst, store).get(f"{API}/journey/?order={theirs.pk}")
    assert answer.status_code == 404


def test_a_key_that_may_read_does_and_others_do_not(made, store):
    readers = Server(keys.create(store, "sk", "Reports", ["read"])[1])
    assert readers.send("GET", f"{API}/credit/").status_code == 200
    trackers = Server(keys.create(store, "sk", "Events", ["events"])[1])
    assert trackers.send("GET", f"{API}/credit/").status_code == 403
