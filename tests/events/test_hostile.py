"""Senders who mean harm: what they cost is bounded, and what they reach is theirs."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib
from io import BytesIO

import pytest
from django.test import Client

from apps.accounts.models import StoreOrigin
from apps.accounts.services import keys
from apps.events.api.track import PATH, answer
from apps.events.models import Event
from apps.events.services.track import MOST_BYTES
from tests.events.conftest import ORIGIN, Page, event, rows

pytestmark = pytest.mark.django_db
MEBI = 1024 * 1024


@pytest.fixture
def send(page):
    """Straight to the door, as a WSGI server hands a request over."""

    def send(body, stream=None, **headers):
        meta = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": PATH,
            "QUERY_STRING": f"key={page.key}",
            "CONTENT_LENGTH": str(len(body)),
            "REMOTE_ADDR": "203.0.113.7",
            "HTTP_ORIGIN": ORIGIN,
            **headers,
        }
        return answer(meta, stream or BytesIO(body))

    return send


def bomb(size):
    """`size` bytes of spaces, packed to a thousandth."""
    packer = zlib.compressobj(9, wbits=31)
    parts = [packer.compress(b" " * MEBI) for _ in range(size // MEBI)]
    return b"".join([*parts, packer.flush()])


def peak_of(work):
    tracemalloc.start()
    try:
        found = work()
        return found, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_gzip_bomb_goes_off_at_the_limit(send):
    packed = bomb(1024 * MEBI)
    found, peak = peak_of(lambda: send(packed, HTTP_CONTENT_ENCODING="gzip"))
    assert found.status == 413
    assert peak < 4 * MOST_BYTES


def test_a_bomb_in_a_bomb_is_no_json(send):
    packed = gzip.compress(bomb(1024 * MEBI))
    assert send(packed, HTTP_CONTENT_ENCODING="gzip").status == 400


def test_ten_mebibytes_are_not_even_read(send):
    class Stream(BytesIO):
        def read(self, *_):
            raise AssertionError("It was read.")

    found = send(b"", Stream(), CONTENT_LENGTH=str(10 * MEBI))
    assert found.status == 413


@pytest.mark.parametrize("length", [None, ""])
def test_a_body_of_no_announced_length_is_read_to_the_limit(send, length):
    """Chunked: the server takes the chunks apart."""
    asked = []

    class Stream(BytesIO):
        def read(self, size=-1):
            asked.append(size)
            return super().read(size)

    found = send(b"", Stream(b"x" * 10 * MEBI), CONTENT_LENGTH=length)
    assert (found.status, asked) == (413, [MOST_BYTES + 1])


@pytest.mark.parametrize(
    ("length", "status"),
    [("5", 400), ("999", 400), ("-1", 400), ("1e3", 400), ("²", 400)],
)
def test_a_length_that_lies_is_the_sender_s_loss(send, store, length, status):
    body = json.dumps(event("page_view")).encode()
    assert send(body, CONTENT_LENGTH=length).status == status
    assert rows(store) == []


@pytest.mark.parametrize(
    "body",
    [
        b"[" * MEBI,
        b'{"a":' * (MEBI // 5),
        b'{"events":[' + b"[" * MEBI,
        b'{"events":[{"type":"custom","name":"a","properties":' + b'{"a":' * 100_000,
        b'{"type":"search","query":"' + b"x" * MEBI + b'"}',
        b'{"type":"search","query":"' + b"\\u0041" * 100_000 + b'"}',
        b'{"events":[' + b"1," * 1_000_000 + b"1]}",
        b'{"type":"page_view","at":' + b"9" * MEBI + b"}",
        b'{"type":"custom","name":"a","properties":{'
        + b",".join(b'"%d":1' % n for n in range(100_000))
        + b"}}",
    ],
    ids=range(9),
)
def test_what_is_deep_or_long_is_refused_in_bounded_memory(send, store, body):
    found, peak = peak_of(lambda: send(body))
    assert found.status == 400
    assert len(found.body) < 1000
    assert peak < 40 * MOST_BYTES
    assert rows(store) == []


def test_half_a_character_costs_nothing_else(page, store):
    """What a browser writes of a text that was cut in the middle of an emoji."""
    good, cut = event("search", query="👗"), event("search", query="red \ud83d")
    slash = event("search", query="\\ud83d")
    assert page.send(cut, good, slash).json()["accepted"] == 3
    assert {row.properties["query"] for row in rows(store)} == {
        "red \ufffd", "👗", "\\ud83d",
    }  # fmt: skip


def test_a_text_that_is_not_utf_8_costs_one_event(page, store):
    good, bad = (json.dumps(event("search", query=q)).encode() for q in ("a", "~"))
    body = b'{"events":[%s,%s]}' % (bad.replace(b"~", b"\xff"), good)
    answer = page.post(body).json()
    assert (answer["accepted"], answer["rejected"][0]["index"]) == (1, 0)


def test_a_single_event_may_say_events(page, store):
    assert page.post(json.dumps(event("click", element="events")).encode()).json()[
        "accepted"
    ]
    assert rows(store)[0].properties == {"element": "events"}


def test_two_clocks_lead_to_no_other_century(page, store):
    said = event("page_view", at=946684800000)
    answer = page.send(said, sent_at=4102444800000)
    assert (answer.status_code, rows(store)) == (400, [])


def test_an_order_of_who_does_not_want_to_be_known_says_so(page, store):
    page.send(
        event("order", order=1, value=3), consent={"personalization": False},
    )  # fmt: skip
    assert rows(store)[0].context["personal"] is False


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_X_REQUEST_ID": "x\r\nSet-Cookie: a=b"},
        {"HTTP_USER_AGENT": "\x00\x01\udcff" + "x" * 100_000},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "fe80::1%eth0"},
        {"REMOTE_ADDR": "unix:"},
        {"HTTP_X_FORWARDED_FOR": "' OR 1=1"},
        {"CONTENT_TYPE": "multipart/form-data; boundary=\x00"},
        {"CONTENT_TYPE": "text/html; charset=utf-7"},
        {"HTTP_CONTENT_ENCODING": ""},
    ],
    ids=range(9),
)
def test_odd_headers_change_nothing(send, store, headers):
    found = send(json.dumps(event("page_view")).encode(), **headers)
    assert (found.status, len(rows(store))) == (200, 1)
    assert "\n" not in found.headers["X-Request-ID"]
    assert len(rows(store)[0].context.get("browser", "")) <= 500


@pytest.mark.parametrize("coding", ["br", "gzip, gzip", "deflate", "\x00", "identity,"])
def test_another_packing_is_refused(send, coding):
    body = json.dumps(event("page_view")).encode()
    assert send(body, HTTP_CONTENT_ENCODING=coding).status == 400


@pytest.mark.parametrize(
    "query",
    [
        "",
        "key=",
        "key=pk_x",
        "key=sk_x",
        "key=pk_%00",
        "key[]=pk_",
        "key=" + "x" * 9999,
    ],
)
def test_a_query_without_the_key_opens_nothing(send, query):
    assert send(b"{}", QUERY_STRING=query).status == 401


@pytest.mark.parametrize(
    "origin",
    ["", "null", "https://rivale.example", "https://maison.example.evil.example"],
)
def test_a_page_elsewhere_may_not_use_the_key(page, store, origin):
    answer = Page(page.key, origin).send(event("page_view"))
    assert answer.status_code == 401
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert rows(store) == []


def test_what_one_store_sends_is_never_another_s(page, store, other_store):
    StoreOrigin.objects.create(store=other_store, origin="https://rivale.example")
    theirs = Page(keys.create(other_store, "pk", "Pages")[1], "https://rivale.example")
    said = event("page_view")
    for sender in (page, theirs, page, theirs):
        assert sender.send(said, store=store.pk, store_id=store.pk).status_code == 200
    assert [len(rows(s)) for s in (store, other_store)] == [1, 1]


def test_a_thousand_replays_are_one_event(page, store, settings):
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, "100000/min")
    said = event("page_view")
    for _ in range(10):
        assert page.send(*[said] * 100).json()["accepted"] == 100
    assert Event.objects.of(store).count() == 1


def test_only_posting_is_understood(page):
    client = Client()
    for method in ("GET", "PUT", "DELETE", "PATCH", "TRACE"):
        found = client.generic(method, f"{PATH}?key={page.key}")
        assert found.status_code == 405
