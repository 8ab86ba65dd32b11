"""POST /api/v1/events/track: what is kept of what was sent, and what is said about it."""

from __future__ import annotations

import gzip
import io
import json
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import InternalError
from django.test import Client

from apps.accounts.models import ApiKey, Store, StoreOrigin
from apps.accounts.services import customer_token, keys
from apps.events.api import callers, track
from apps.events.models import Event, EventBatch, Tracking
from apps.events.services.engines.database import Database
from tests.accounts.conftest import Server
from tests.events.conftest import ORIGIN, PATH, Page, event, rows

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
ID = "01974c3e-8a4b-7d2e-9c1f-0123456789ab"


def test_an_event_is_kept_as_it_was_said(page, store):
    said = event(
        "product_view", product=7, price=49.9, currency="EUR", category="dress"
    )
    answer = page.send(
        said, visitor="v1", session="s1", context={"url": "https://x.y/p"}
    )
    assert answer.status_code == 200
    assert answer.json()["accepted"] == 1
    assert answer.json()["rejected"] == []
    row = rows(store)[0]
    assert (row.type, row.visitor, row.session) == ("product_view", "v1", "s1")
    assert (row.product_woo_id, row.value, row.currency) == (7, Decimal("49.9"), "EUR")
    assert row.properties == {"category": "dress"}
    assert row.context == {"url": "https://x.y/p", "ip": "127.0.0.0"}
    assert round(row.at.timestamp() * 1000) == said["at"]
    assert EventBatch.objects.get(pk=row.batch_id).count == 1


def test_one_event_needs_no_batch(page, store):
    answer = page.post(json.dumps(event("search", query="linen", visitor="v")).encode())
    assert answer.json()["accepted"] == 1
    assert [(r.type, r.visitor, r.properties) for r in rows(store)] == [
        ("search", "v", {"query": "linen"})
    ]


def test_a_bad_event_is_named_and_the_good_ones_are_kept(page, store):
    answer = page.send(
        event("search", query="a"),
        event("search"),
        {"type": "dance"},
        event("search", query="b", at=5),
        event("search", query="c\x00"),
        {**event("search", query="d"), "id": "mine", "at": None},
        event("search", query="e"),
    )
    assert answer.status_code == 200
    assert answer.json()["accepted"] == 2
    rejected = {bad["index"]: bad["message"] for bad in answer.json()["rejected"]}
    assert sorted(rejected) == [1, 2, 3, 4, 5]
    assert rejected[1] == "Object missing required field `query`"
    assert {r.properties["query"] for r in rows(store)} == {"a", "e"}


def test_nothing_good_is_a_bad_request(page, store):
    answer = page.send(event("search"), event("order", order=1))
    assert answer.status_code == 400
    assert [bad["index"] for bad in answer.json()["rejected"]] == [0, 1]
    assert rows(store) == []


def test_the_same_event_again_is_the_same_event(page, store):
    said = [event("search", query=str(number)) for number in range(3)]
    assert page.send(*said).json()["accepted"] == 3
    new = event("search", query="new")
    assert page.send(*said, new, said[0]).json()["accepted"] == 5
    assert sorted(r.properties["query"] for r in rows(store)) == ["0", "1", "2", "new"]
    assert list(EventBatch.objects.values_list("count", flat=True)) == [3, 1]


def test_a_batch_that_brings_nothing_new_is_none(page, store):
    said = event("search", query="once")
    page.send(said)
    page.send(said)
    assert EventBatch.objects.count() == 1


def test_a_clock_put_right_between_two_sendings_makes_no_second_event(page, store):
    said = event("search", query="x", id="order-5", at="2026-06-01T12:00:00Z")
    page.send(said, sent_at="2026-06-01T12:00:01Z")
    page.send(said, sent_at="2026-06-01T12:10:00Z")
    page.send({**said, "id": "ORDER-5"}, sent_at="2026-06-01T12:10:00Z")
    assert len(rows(store)) == 2


def test_two_stores_may_use_the_same_ids(page, store, other_store):
    StoreOrigin.objects.create(store=other_store, origin="https://rivale.example")
    theirs = Page(keys.create(other_store, "pk", "P")[1], "https://rivale.example")
    said = event("search", query="x", id=ID)
    page.send(said)
    theirs.send(said)
    assert (len(rows(store)), len(rows(other_store))) == (1, 1)


def test_a_wrong_clock_is_put_right(page, store, time_machine):
    time_machine.move_to(AT, tick=False)
    ahead = AT + timedelta(hours=3)
    page.send(
        event("search", query="a", at=(ahead - timedelta(minutes=5)).isoformat()),
        sent_at=ahead.isoformat(),
    )
    assert [r.at for r in rows(store)] == [AT - timedelta(minutes=5)]


def test_nothing_happens_in_the_future(page, store, time_machine):
    time_machine.move_to(AT, tick=False)
    page.send(event("search", query="a", at=(AT + timedelta(days=9)).isoformat()))
    assert [r.at for r in rows(store)] == [AT]


def test_the_currency_is_the_store_s_where_none_is_said(page, store):
    page.send(event("order", order=9, value=120.5), event("search", query="x"))
    found = {r.type: (r.value, r.currency) for r in rows(store)}
    assert found == {"order": (Decimal("120.5"), "EUR"), "search": (None, "")}


@pytest.mark.parametrize("value", [0, 0.01, 49.9, 9999.9999, 10_000, 99_999_999_999])
def test_amounts_come_back_to_the_last_digit(page, store, value):
    page.send(event("order", order=1, value=value))
    assert rows(store)[0].value == Decimal(str(value))


# Who may send


@pytest.mark.parametrize(
    ("key", "origin"),
    [("pk_nobody", ORIGIN), ("", ORIGIN), (None, "https://evil.example"), (None, "")],
)
def test_a_stranger_is_refused(page, store, key, origin):
    stranger = Page(page.key if key is None else key, origin)
    answer = stranger.send(event("search", query="x"))
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert rows(store) == []


def test_a_page_may_read_its_answer_and_a_refusal(page):
    good = page.send(event("search", query="x"))
    assert good["Access-Control-Allow-Origin"] == ORIGIN
    refused = Page("pk_nobody").send(event("search", query="x"))
    assert refused["Access-Control-Allow-Origin"] == ORIGIN
    elsewhere = Page(page.key, "https://evil.example").send(event("search", query="x"))
    assert "Access-Control-Allow-Origin" not in elsewhere


def test_a_revoked_key_opens_nothing_once_it_is_forgotten(page, monkeypatch):
    monkeypatch.setattr(callers.memory, "seconds", 0.05)
    assert page.send(event("search", query="x")).status_code == 200
    keys.revoke(ApiKey.objects.get())
    time.sleep(0.06)
    assert page.send(event("search", query="y")).status_code == 401


def test_a_server_signs_and_names_customers(server, store):
    said = event("order", order=3, value=10, customer=42)
    assert server.send("POST", PATH, said).status_code == 200
    assert rows(store)[0].customer_woo_id == 42
    assert "ip" not in rows(store)[0].context


def test_a_signed_request_that_comes_twice_is_harmless(server, store):
    body = json.dumps(event("order", order=3, value=10)).encode()
    headers = server.headers("POST", PATH, body)
    for _ in range(2):
        answer = server.client.post(
            PATH, body, content_type="application/json", headers=headers
        )
        assert answer.status_code == 200
    assert len(rows(store)) == 1


def test_a_wrong_or_old_signature_is_refused(server, store, other_store):
    said = event("order", order=3, value=10)
    wrong = {"LuxeBrain-Signature": "0" * 64}
    assert server.send("POST", PATH, said, headers=wrong).status_code == 401
    assert server.send("POST", PATH, said, at=1_700_000_000).status_code == 401
    # Known by now; wrong ones are refused all the same.
    assert server.send("POST", PATH, said).status_code == 200
    assert server.send("POST", PATH, said, headers=wrong).status_code == 401


def test_a_key_without_the_scope_may_not(store):
    reader = Server(keys.create(store, "sk", "Reads", ["read"])[1])
    answer = reader.send("POST", PATH, event("search", query="x"))
    assert answer.status_code == 403


def test_a_closed_store_takes_nothing(page, store):
    Store.objects.filter(pk=store.pk).update(status=Store.Status.CLOSED)
    assert page.send(event("search", query="x")).status_code == 401


# Who it was


def test_a_page_cannot_say_who_the_customer_is(page, store):
    page.send(event("login", customer=42))
    assert rows(store)[0].customer_woo_id is None


def test_a_token_says_who_the_customer_is(page, store):
    key, shown = keys.create(store, "sk", "Plugin")
    del key
    expires = datetime.now(UTC) + timedelta(hours=1)
    token = customer_token.mint(shown, 42, expires)
    answer = page.send(event("page_view"), customer_token=token)
    assert "warnings" not in answer.json()
    assert rows(store)[0].customer_woo_id == 42


def test_a_bad_token_costs_no_event(page, store):
    answer = page.send(event("page_view"), customer_token="v1.sk_x.42.9999999999.00")
    assert answer.json()["accepted"] == 1
    assert answer.json()["warnings"] == [
        "The customer token is not valid, or no longer."
    ]
    assert rows(store)[0].customer_woo_id is None


def test_a_mail_s_link_says_who_clicked_and_is_not_kept(page, store):
    _, shown = keys.create(store, "sk", "Plugin")
    token = customer_token.mint(shown, 42, datetime.now(UTC) + timedelta(hours=1))
    page.send(event("message_clicked", channel="email", token=token))
    row = rows(store)[0]
    assert row.customer_woo_id == 42
    assert token not in json.dumps(row.properties)


# Consent


def test_without_consent_nothing_is_kept(page, store):
    answer = page.send(event("page_view"), consent={"statistics": False})
    assert answer.status_code == 400
    assert rows(store) == []


def test_without_consent_to_be_known_nobody_is(server, store):
    said = {"events": [event("page_view", customer=42)]}
    server.send("POST", PATH, {**said, "consent": {"personalization": False}})
    assert rows(store)[0].customer_woo_id is None


def test_an_address_is_cut_unless_shop_and_visitor_want_it_whole(page, store):
    yes = {"statistics": True, "personalization": True}
    page.send(event("page_view"), consent=yes)
    Tracking.objects.of(store).update(keeps_whole_ip=True)
    callers.memory.found.clear()
    page.send(event("page_view"), consent=yes)
    page.send(event("page_view"))
    page.send(event("page_view"), consent={"personalization": False})
    found = sorted(r.context["ip"] for r in rows(store))
    assert found == ["127.0.0.0", "127.0.0.0", "127.0.0.0", "127.0.0.1"]


# Bodies


def packed(body: bytes) -> bytes:
    """The same at any second: two processes name the tests by it."""
    return gzip.compress(body, mtime=0)


def test_gzip_is_understood(server, store):
    body = gzip.compress(json.dumps(event("search", query="x")).encode())
    headers = server.headers("POST", PATH, body) | {"Content-Encoding": "gzip"}
    answer = server.client.post(
        PATH, body, content_type="application/json", headers=headers
    )
    assert answer.status_code == 200
    assert len(rows(store)) == 1


@pytest.mark.parametrize(
    ("body", "coding", "status"),
    [
        (packed(b" " * 50_000_000), "gzip", 413),
        (packed(b"{}")[:-9], "gzip", 400),
        (packed(b"{}") * 2, "gzip", 400),
        (b"no gzip", "gzip", 400),
        (b"{}", "br", 400),
        (b" " * 2_097_153, "", 413),
        (b"[" * 100_000, "", 400),
        (b'{"type":"search","query":' + b"[" * 50_000 + b"]" * 50_000 + b"}", "", 400),
        (b'{"events":[' + b'{"a":' * 20_000 + b"1" + b"}" * 20_000 + b"]}", "", 400),
        (b"", "", 400),
        (b"null", "", 400),
        (b'{"events":[]}', "", 400),
        (b'{"type":"search","query":"\xff"}', "", 400),
        (b'{"type":"order","order":1,"value":1e999}', "", 400),
        (b'{"type":"order","order":1,"value":NaN}', "", 400),
    ],
)  # fmt: skip
def test_a_body_that_is_no_good_is_refused_early(page, store, body, coding, status):
    answer = page.post(body, **({"Content-Encoding": coding} if coding else {}))
    assert answer.status_code == status
    assert Event.objects.across_stores().count() == 0


@pytest.mark.parametrize(
    ("length", "status"),
    [("9" * 5_000, 413), ("2097153", 413), ("x", 400), ("50", 400)],
)
def test_a_length_that_lies_is_refused(page, length, status):
    found = track.answer(
        {
            "REQUEST_METHOD": "POST", "QUERY_STRING": f"key={page.key}",
            "HTTP_ORIGIN": ORIGIN, "CONTENT_LENGTH": length, "REMOTE_ADDR": "1.2.3.4",
        },
        io.BytesIO(b"{}"),
    )  # fmt: skip
    assert found.status == status


def test_more_than_a_thousand_at_once_is_too_many(page, store):
    answer = page.send(*[event("page_view")] * 1001)
    assert answer.status_code == 400
    assert page.send(*[event("page_view") for _ in range(1000)]).status_code == 200
    assert len(rows(store)) == 1000


# Limits


def test_too_many_requests_are_asked_to_come_again(page, store, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "track_page": "3/min"}
    codes = [page.send(event("page_view")).status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    assert page.send(event("page_view"))["Retry-After"].isdecimal()
    assert len(rows(store)) == 3


def test_a_server_is_not_limited_by_its_address(server, store, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "track_page": "1/min"}
    said = [server.send("POST", PATH, event("page_view")) for _ in range(3)]
    assert [answer.status_code for answer in said] == [200, 200, 200]


def test_guessing_keys_counts_against_the_address(page, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "ip": "3/min"}
    guess = Page("pk_guess")
    codes = [guess.send(event("page_view")).status_code for _ in range(5)]
    assert codes == [401, 401, 401, 429, 429]
    assert page.send(event("page_view")).status_code == 200


def test_events_are_posted(page):
    assert page.post(b"").status_code == 400
    assert Client().get(PATH).status_code == 405


def test_a_database_in_trouble_is_no_fault_of_the_events(page, monkeypatch):
    """Who is told 400 drops the events; 503 is sent again."""

    def trouble(*args):
        raise InternalError("cannot execute INSERT in a read-only transaction")

    monkeypatch.setattr(Database, "append", trouble)
    answer = page.send(event("page_view"))
    assert answer.status_code == 503
    assert answer["Retry-After"].isdecimal()


@pytest.mark.parametrize("token", [None, "x" * 5_000, ""])
def test_no_token_costs_an_event(page, store, token):
    assert page.send(event("page_view"), customer_token=token).status_code == 200
    assert len(rows(store)) == 1


def test_a_page_cannot_tell_of_last_year_nor_fill_the_figures(page, server, store):
    old = event("page_view", at=round((time.time() - 90 * 86_400) * 1000))
    assert page.send(old).status_code == 400
    assert server.send("POST", PATH, old).status_code == 200
    much = [
        event("recommendation_shown", placement="p", products=list(range(1, 101)))
        for _ in range(51)
    ]
    assert page.send(*much).status_code == 400
    assert page.send(*much[:50]).status_code == 200


def test_a_large_body_counts_for_several(page, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "track_page": "5/min"}
    large = [event("search", query="x" * 180) for _ in range(200)]
    assert page.send(*large).status_code == 200
    assert page.send(*large).status_code == 429
