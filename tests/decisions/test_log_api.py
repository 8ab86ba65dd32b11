from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from apps.decisions.services import outcomes
from apps.decisions.services.log import log
from apps.decisions.services.sentence import because
from tests.callers import person, server
from tests.conftest import NOW

URL = "/api/v1/decisions/"


def decide(store, kind="pricing.suggested", subject="product:7", *, days_ago=0):
    return log(
        store,
        kind,
        subject,
        chosen={"price": "39.00"},
        reason=because("no_change", why="it sells well."),
        at=NOW - timedelta(days=days_ago),
    )


def test_it_shows_a_decision_with_its_sentence_and_outcomes(store, analyst):
    decision = decide(store)
    sale = {"amount": Decimal("39.00"), "currency": "EUR"}
    outcomes.join((store, decision.id), "order", "order:1", NOW, **sale)
    shown = person(analyst).get(f"{URL}{decision.id}/").json()
    assert shown["sentence"] == "Nothing was changed: it sells well."
    assert shown["reason"] == decision.reason
    assert shown["outcomes"] == [
        {
            "kind": "order",
            "amount": "39.0000",
            "currency": "EUR",
            "occurred_at": "2026-06-01T12:00:00Z",
            "source": "order:1",
        }
    ]


def test_it_lists_the_newest_first(store, analyst):
    rows = [decide(store, days_ago=days) for days in (2, 0, 1)]
    shown = person(analyst).get(URL).json()["results"]
    assert [row["id"] for row in shown] == [str(rows[i].id) for i in (1, 2, 0)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 3),
        ({"kind": "pricing.suggested"}, 2),
        ({"subject": "product:8"}, 1),
        ({"since": "2026-05-31T00:00:00Z"}, 2),
        ({"until": "2026-05-31T00:00:00Z"}, 1),
        ({"kind": "pricing.suggested", "until": "2026-06-01T00:00:00+14:00"}, 1),
    ],
    ids=str,
)
def test_it_filters_the_list(store, analyst, query, found):
    decide(store)
    decide(store, subject="product:8", days_ago=10)
    decide(store, kind="campaigns.suppressed", days_ago=1)
    assert len(person(analyst).get(URL, query).json()["results"]) == found


def test_it_pages_without_a_gap(store, analyst):
    rows = {str(decide(store).id) for _ in range(5)}
    client, seen, url = person(analyst), [], f"{URL}?limit=2"
    while url:
        page = client.get(url).json()
        seen += [row["id"] for row in page["results"]]
        url = page["next"]
    assert len(seen) == 5
    assert set(seen) == rows


def test_a_page_takes_two_queries(store, analyst, django_assert_num_queries):
    for _ in range(20):
        outcomes.join((store, decide(store).id), "click", "event:1", NOW)
    client = person(analyst)
    with django_assert_num_queries(2):
        assert len(client.get(URL).json()["results"]) == 20


def test_another_stores_decision_is_not_there(store, stranger):
    decision = decide(store)
    client = person(stranger)
    assert client.get(f"{URL}{decision.id}/").status_code == 404
    assert client.get(URL).json()["results"] == []


def test_an_invented_id_is_not_there(analyst):
    assert person(analyst).get(f"{URL}{uuid4()}/").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"since": "yesterday"},
        {"since": "0001-01-01T00:00:00+14:00"},
        {"until": "9999-12-31T23:59:59-12:00"},
        {"kind": "\x00"},
        {"kind": "x" * 81},
    ],
    ids=str,
)
def test_a_filter_without_sense_is_refused(store, analyst, query):
    assert person(analyst).get(URL, query).status_code == 400


@pytest.mark.parametrize("cursor", ["cD1hYmM=", "cD0lMDA=", "cj0xJnA9MQ=="])
def test_a_broken_cursor_is_refused(store, analyst, cursor):
    decide(store)
    assert person(analyst).get(URL, {"cursor": cursor}).status_code in (400, 404)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_log_cannot_be_written_from_outside(store, method):
    decision = decide(store)
    for url in (URL, f"{URL}{decision.id}/"):
        assert getattr(server(store), method)(url).status_code in (403, 405)
