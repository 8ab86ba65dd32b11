from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import formatdate

import pytest

from apps.accounts.services import signing
from tests.sdk.conftest import sdk
from tests.sdk.door import KEY, cut, say

V7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def test_it_sends_what_was_tracked_in_full_batches_and_in_order(client, door):
    luxe = client()
    ids = [luxe.track("search", query=f"dress {n}") for n in range(1_200)]
    assert luxe.flush(10)
    assert [len(request.ids) for request in door.requests] == [500, 500, 200]
    assert door.ids == ids
    assert len(set(ids)) == 1_200
    assert all(V7.fullmatch(each) for each in ids)
    assert luxe.counts == sdk.Counts(tracked=1_200, accepted=1_200)


def test_it_sends_an_event_as_the_protocol_writes_it(client, door):
    luxe = client()
    at = datetime(2026, 1, 1, tzinfo=UTC)
    luxe.track(
        "add_to_cart", visitor="v1", customer=42, product=7, price=Decimal("49.90"),
        currency="EUR", at=at, id="0197a1b2-0000-7000-8000-000000000001",
    )  # fmt: skip
    before = time.time() * 1000
    assert luxe.flush(10)
    (request,) = door.requests
    assert request.path == "/api/v1/events/track"
    assert before - 1 <= request.data["sent_at"] <= time.time() * 1000
    assert request.events == [
        {
            "type": "add_to_cart", "visitor": "v1", "customer": 42, "product": 7,
            "price": 49.9, "currency": "EUR", "at": 1767225600000,
            "id": "0197a1b2-0000-7000-8000-000000000001",
        }
    ]  # fmt: skip


def test_a_batch_goes_by_itself_after_a_while(client, door):
    luxe = client(flush_every=0.05)
    luxe.track("page_view", visitor="v1")
    deadline = time.monotonic() + 5
    while luxe.counts.accepted < 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert luxe.counts == sdk.Counts(tracked=1, accepted=1)


def test_each_attempt_is_signed_anew_over_the_bytes_as_sent(client, door):
    luxe = client()
    door.steps.append(say(503))
    for n in range(100):
        luxe.track("search", query=f"a long enough question, number {n}")
    assert luxe.flush(10)
    assert [request.is_packed for request in door.requests] == [True, True]
    for request in door.requests:
        sent = request.headers
        text = signing.canonical(
            "POST", request.path, sent["luxebrain-timestamp"],
            sent["luxebrain-nonce"], request.body,
        )  # fmt: skip
        assert sent["luxebrain-key"] == "sk_a1B2c3D4e5F6"
        assert signing.is_signed(signing.derive(KEY), text, sent["luxebrain-signature"])
    first, second = door.requests
    assert first.headers["luxebrain-nonce"] != second.headers["luxebrain-nonce"]


@pytest.mark.parametrize(
    "trouble", [cut, say(503), say(429), say(500), say(200, b"<p>")]
)
def test_it_tries_again_with_the_same_ids(client, door, trouble):
    luxe = client()
    door.steps.append(trouble)
    ids = [luxe.track("page_view", visitor="v1"), luxe.track("login", customer=1)]
    assert luxe.flush(10)
    assert [request.ids for request in door.requests] == [ids, ids]
    assert luxe.counts == sdk.Counts(tracked=2, accepted=2, retries=1)


def test_it_waits_as_long_as_it_is_asked_to(client, door):
    luxe = client()
    door.steps.append(say(429, Retry_After="2"))
    luxe.track("page_view")
    started = time.monotonic()
    assert luxe.flush(10)
    assert 2.0 < time.monotonic() - started < 4.0


def test_it_gives_up_and_hands_the_events_back(client, door):
    failed = []
    luxe = client(give_up_after=0.2, on_failed=lambda *args: failed.append(args))
    door.usual = say(503)
    one = luxe.track("search", query="linen")
    assert luxe.flush(10)
    ((events, error),) = failed
    assert [(event["id"], event["query"]) for event in events] == [(one, "linen")]
    assert (str(error), error.status) == ("LuxeBrain answered 503.", 503)
    assert luxe.counts == sdk.Counts(tracked=1, failed=1)


def test_it_does_not_insist_where_it_is_refused(client, door):
    failed = []
    luxe = client(on_failed=lambda *args: failed.append(args))
    door.usual = say(401, {"title": "The key or the signature is wrong."})
    luxe.track("page_view")
    assert luxe.flush(10)
    assert str(failed[0][1]) == (
        "LuxeBrain answered 401: The key or the signature is wrong."
    )
    assert len(door.requests) == 1


def test_it_tells_which_events_were_rejected_and_why(client, door):
    rejected = []
    luxe = client(on_rejected=rejected.extend)
    why = {"index": 1, "code": "invalid", "message": "No query."}
    door.steps.append(say(200, {"accepted": 2, "rejected": [why], "now": 0}))
    ids = [luxe.track("page_view") for _ in range(3)]
    assert luxe.flush(10)
    ((found,), event) = rejected, rejected[0].event
    assert (found.index, found.code, found.message) == (1, "invalid", "No query.")
    assert event["id"] == ids[1]
    assert luxe.counts == sdk.Counts(tracked=3, accepted=2, rejected=1)


def test_a_callback_that_fails_stops_nothing(client, door, caplog):
    def fail(*_):
        raise RuntimeError("no")

    luxe = client(on_failed=fail)
    door.steps.append(say(404))
    luxe.track("page_view")
    assert luxe.flush(10)
    luxe.track("page_view")
    assert luxe.flush(10)
    assert luxe.counts == sdk.Counts(tracked=2, accepted=1, failed=1)
    assert "on_failed failed" in caplog.text


def test_a_full_queue_waits_for_room_and_then_refuses(client, door):
    luxe = client(max_queue=2, block=0.2, flush_every=0.01)
    door.is_open.clear()
    luxe.track("page_view")
    luxe.track("page_view")
    started = time.monotonic()
    with pytest.raises(sdk.QueueFullError):
        luxe.track("page_view")
    assert 0.2 <= time.monotonic() - started < 2
    assert luxe.counts.tracked == 2
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(luxe.track, "page_view")
        door.is_open.set()
        assert V7.fullmatch(late.result(5))
    assert luxe.flush(10)
    assert luxe.counts == sdk.Counts(tracked=3, accepted=3)


def test_closing_sends_what_is_left(client, door):
    luxe = client()
    with luxe:
        one = luxe.track("page_view")
    assert door.ids == [one]
    with pytest.raises(sdk.ClosedError):
        luxe.track("page_view")


def test_closing_gives_up_what_cannot_be_sent_in_time(client, door):
    failed = []
    luxe = client(on_failed=lambda events, error: failed.extend(events))
    door.usual = say(503, Retry_After="60")
    ids = [luxe.track("page_view") for _ in range(700)]
    started = time.monotonic()
    luxe.close(0.3)
    assert time.monotonic() - started < 3
    assert [event["id"] for event in failed] == ids
    assert luxe.counts == sdk.Counts(tracked=700, failed=700)


def test_a_batch_that_is_too_large_goes_in_halves(client, door):
    luxe = client()
    door.steps.append(say(413))
    ids = [luxe.track("page_view") for _ in range(5)]
    assert luxe.flush(10)
    assert [request.ids for request in door.requests] == [ids, ids[:2], ids[2:]]


def test_no_batch_is_larger_than_half_of_what_the_server_takes(client, door):
    luxe = client()
    for _ in range(20):
        luxe.track("custom", name="x", properties={"text": "é" * 50_000})
    assert luxe.flush(10)
    assert [len(request.ids) for request in door.requests] == [10, 10]


def test_a_wrong_clock_is_put_right_for_signing(client, door):
    luxe = client()
    ahead = time.time() + 3_600
    door.steps.append(say(401, Date=formatdate(ahead, usegmt=True)))
    luxe.track("page_view")
    assert luxe.flush(10)
    first, second = (int(r.headers["luxebrain-timestamp"]) for r in door.requests)
    assert abs(first - (ahead - 3_600)) < 5
    assert abs(second - ahead) < 5


def test_many_threads_lose_and_double_nothing(client, door):
    luxe = client(max_queue=100)
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: luxe.track("page_view"), range(4_000)))
    assert luxe.flush(20)
    assert sorted(door.ids) == sorted(ids)
    assert luxe.counts == sdk.Counts(tracked=4_000, accepted=4_000)


@pytest.mark.parametrize(
    "fields",
    [{"query": object()}, {"query": float("nan")}, {"at": datetime(2026, 1, 1)},  # noqa: DTZ001
     {"query": "\ud800"}, {"query": "x" * 300_000}],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused_at_once(client, door, fields):
    luxe = client()
    with pytest.raises(sdk.InvalidEventError):
        luxe.track("search", **fields)
    assert luxe.counts == sdk.Counts()


@pytest.mark.parametrize("key", ["pk_abc", "sk_abc", ""])
def test_it_wants_a_secret_key(key):
    with pytest.raises(ValueError, match="secret key"):
        sdk.LuxeBrain("https://brain.example", key)


@pytest.mark.parametrize("url", ["brain.example", "ftp://brain.example", "https://"])
def test_it_wants_an_address(url):
    with pytest.raises(ValueError, match="no address"):
        sdk.LuxeBrain(url, KEY)
