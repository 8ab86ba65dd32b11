"""Shops that answer nonsense: each is a named error or a thing left out, never a crash."""

from __future__ import annotations

import gzip
import json
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from apps.sync.woo import transport
from apps.sync.woo.client import Client
from apps.sync.woo.decode import decoded
from apps.sync.woo.errors import (
    ShopBrokenError,
    ShopBusyError,
    ShopError,
    ShopSenselessError,
    ShopUnreachableError,
)
from apps.sync.woo.transport import is_private
from apps.sync.woo.walk import walk
from tests.sync.raw_shop import answering


@contextmanager
def talking(answer):
    """A shop whose `answer(path)` gives (headers, parts of the body)."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            headers, parts = answer(self.path)
            self.send_response(200)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for part in parts:
                    self.wfile.write(part)
                    self.wfile.flush()
            except OSError:
                return

        def log_message(self, *args):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.block_on_close = True, False
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def client_of(url):
    return Client(url, "ck_lab", "cs_lab", may_be_private=True, sleep=lambda _: None)


def listing(page):
    """Answers every list with page(offset)."""

    def answer(path):
        offset = int(path.partition("offset=")[2].split("&")[0] or 0)
        rows, headers = page(offset)
        return headers, [json.dumps(rows).encode()]

    return answer


def read_all(url, most=50):
    found = []
    for count, page in enumerate(walk(client_of(url), "products", {})):
        found += page.items
        assert count < most, "it does not end"
    return found


# Bytes


def test_an_answer_that_drips_ends(monkeypatch):
    monkeypatch.setattr(transport, "WHOLE_SECONDS", 0.4)

    def drip(path):
        parts = (time.sleep(0.05) or b" " for _ in range(400))
        return {"Content-Length": "400"}, parts

    began = time.monotonic()
    with talking(drip) as url, pytest.raises(ShopUnreachableError, match="not end"):
        client_of(url).ask("GET", "products", {}, None, "wc/v3")
    assert time.monotonic() - began < 5


def test_an_answer_that_blows_up_when_unpacked_ends(monkeypatch):
    monkeypatch.setattr(transport, "MOST_BYTES", 1_000_000)
    bomb = gzip.compress(b" " * 50_000_000)
    headers = {"Content-Encoding": "gzip", "Content-Length": str(len(bomb))}
    with answering(200, headers, bomb) as url, pytest.raises(ShopUnreachableError):
        client_of(url).ask("GET", "products", {}, None, "wc/v3")


def test_packed_answers_are_read():
    body = gzip.compress(json.dumps([{"id": n} for n in range(5000)]).encode())
    with answering(200, {"Content-Encoding": "gzip"}, body) as url:
        assert len(client_of(url).get("products").rows) == 5000


def test_an_answer_that_breaks_off_is_no_answer():
    cut = {"Content-Length": "500"}
    with answering(200, cut, b"[]") as url, pytest.raises(ShopUnreachableError):
        client_of(url).ask("GET", "products", {}, None, "wc/v3")
    broken = {"Content-Encoding": "gzip"}
    with answering(200, broken, b"no gzip") as url, pytest.raises(ShopUnreachableError):
        client_of(url).ask("GET", "products", {}, None, "wc/v3")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000, b'{"a":' * 100_000, b"[1" + b"0" * 5000 + b"]", b"\xff\xfe",
        b"[" + b"{}," * 2_000_000 + b"{}]", b"", b"[\x00]",
    ],
)  # fmt: skip
def test_what_is_no_plain_data_is_a_broken_answer(body):
    with pytest.raises(ShopBrokenError):
        decoded(body, 200)


def test_numbers_that_no_database_holds_are_none():
    assert decoded(b"[NaN, Infinity, -Infinity, 1e999, 1.5]", 200) == [
        None, None, None, None, 1.5,
    ]  # fmt: skip


# Headers


@pytest.mark.parametrize(
    "headers",
    [
        {"X-WP-Total": "\u00b2"}, {"X-WP-Total": "9" * 400}, {"X-WP-Total": "-5"},
        {"Date": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"},
        {"Date": "Mon, 01 Jan 0001 00:00:00 +2359"}, {"Date": "soon"},
    ],
)  # fmt: skip
def test_strange_headers_say_nothing(headers):
    with talking(lambda path: (headers, [b"[]"])) as url:
        answer = client_of(url).get("products")
    assert (answer.rows, answer.total) == ([], None)


@pytest.mark.parametrize(
    ("asked", "waited"),
    [("9" * 400, None), ("\u00b2", None), ("86400", 3600.0), ("7", 7.0), ("-1", None)],
)
def test_no_shop_is_left_alone_for_longer_than_an_hour(asked, waited):
    busy = pytest.raises(ShopBusyError)
    with answering(429, {"Retry-After": asked}, b"{}") as url, busy as caught:
        client_of(url).ask("GET", "products", {}, None, "wc/v3")
    assert caught.value.retry_after == waited


def test_errors_hold_nothing_that_no_database_holds():
    body = json.dumps(
        {"code": "x\0", "message": "no\0 \ud800 way" + "y" * 900}
    ).encode()
    with answering(400, {}, body) as url, pytest.raises(ShopError) as caught:
        client_of(url).get("products")
    assert caught.value.message.startswith("no \ufffd way")
    assert len(caught.value.message) == 200


# Shapes


@pytest.mark.parametrize("body", [b"{}", b"5", b"null", b'"x"', b'{"id": 5}'])
def test_what_is_no_list_is_a_broken_answer(body):
    with answering(200, {}, body) as url, pytest.raises(ShopBrokenError):
        read_all(url)


def test_items_that_are_none_end_the_walk_all_the_same():
    rows = [5, None, {}, {"id": "7"}, {"id": -7}, {"id": True}, {"id": 2**70}, [1]]
    with answering(200, {"X-WP-Total": "8"}, json.dumps(rows).encode()) as url:
        assert len(read_all(url)) == 8


def test_a_list_that_is_not_sorted_is_refused():
    """A plugin that sorts by date would make the walk leave most of it out, unseen."""
    rows = [{"id": woo_id} for woo_id in range(100, 0, -1)]
    senseless = pytest.raises(ShopSenselessError)
    with answering(200, {}, json.dumps(rows).encode()) as url, senseless:
        read_all(url)


def test_a_list_that_knows_no_offset_ends(monkeypatch):
    monkeypatch.setattr("apps.sync.woo.walk.MOST_IDLE", 5)
    rows = [{"id": woo_id} for woo_id in range(1, 101)]
    senseless = pytest.raises(ShopSenselessError)
    with answering(200, {}, json.dumps(rows).encode()) as url, senseless:
        read_all(url)


def test_a_total_that_is_a_lie_ends(monkeypatch):
    monkeypatch.setattr("apps.sync.woo.walk.MOST_IDLE", 5)
    senseless = pytest.raises(ShopSenselessError)
    with answering(200, {"X-WP-Total": "999999999"}, b"[]") as url, senseless:
        read_all(url)


@pytest.mark.parametrize("has_total", [True, False])
def test_pages_of_unreadable_things_are_walked_over(has_total):
    """Three pages in the middle of a list have no ids."""
    whole = [{"id": n} if not 250 <= n < 550 else {"id": str(n)} for n in range(1, 801)]

    def page(offset):
        headers = {"X-WP-Total": "800"} if has_total else {}
        return whole[offset : offset + 100], headers

    with talking(listing(page)) as url:
        found = read_all(url)
    read = [row["id"] for row in found if isinstance(row["id"], int)]
    assert read == [n for n in range(1, 801) if not 250 <= n < 550]
    assert {row["id"] for row in found if isinstance(row["id"], str)} == {
        str(n) for n in range(250, 550)
    }


# Addresses


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "::1", "::", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1",
        "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
        "2001:0:7f00:1::1",
    ],
)  # fmt: skip
def test_no_address_of_our_own_network_passes(address):
    assert is_private(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "64:ff9b::101:101"])
def test_addresses_of_the_internet_pass(address):
    assert not is_private(address)
