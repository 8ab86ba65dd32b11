"""The wire: the official client, bad weather, the way in from another process."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from woocommerce import API

from apps.demo.fake_shop.server import serve
from apps.demo.fake_shop.shop import FakeShop
from apps.demo.fake_shop.shoppers import Shoppers
from tests.demo.fake_shop.lab import KEYS
from tests.demo.fake_shop.recordings import ask, basic, oauth, read

RW = basic(KEYS["rw"].key, KEYS["rw"].secret)
ORDERS = "/wp-json/wc/v3/orders"


def client(url, key=KEYS["rw"]):
    return API(url=url, consumer_key=key.key, consumer_secret=key.secret, version="wc/v3", timeout=5)  # fmt: skip


def test_it_serves_the_official_client_over_plain_http(url):
    reply = client(url).get(
        "orders", params={"per_page": 3, "orderby": "id", "order": "asc"}
    )
    assert [one["id"] for one in reply.json()] == [75, 76, 77]
    made = client(url).put("products/15", {"sale_price": "14.99"})
    assert made.json()["price"] == "14.99"
    assert (
        client(url).get("orders", params={"status": "on-hold,pending"}).status_code
        == 200
    )


def test_it_refuses_the_same_nonce_under_another_path(url):
    query = oauth(ORDERS, {}, KEYS["rw"].key, KEYS["rw"].secret, nonce="once")
    assert ask(url, "GET", ORDERS, query).status == 200
    again = oauth(ORDERS, {"page": 2}, KEYS["rw"].key, KEYS["rw"].secret, nonce="once")
    assert ask(url, "GET", ORDERS, again).status == 401


def test_it_keeps_a_connection_open(url):
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=5)
    for _ in range(3):
        connection.request("GET", "/wp-json/", headers={"Host": "127.0.0.1:8081"})
        reply = connection.getresponse()
        reply.read()
        socket = connection.sock
    assert socket is not None
    connection.close()


@pytest.mark.parametrize(
    ("quirk", "statuses"),
    [("rate_limited_share", {429}), ("error_share", {500, 502, 503})],
)
def test_it_answers_with_errors_by_shares(quirk, statuses, url, shop):
    setattr(shop.quirks, quirk, 1.0)
    replies = [ask(url, "GET", ORDERS, {"per_page": 1}, headers=RW) for _ in range(12)]
    assert {reply.status for reply in replies} == statuses
    if quirk == "rate_limited_share":
        assert replies[0].headers["Retry-After"] == "1"


def test_it_cuts_an_answer_in_the_middle(url, shop):
    shop.quirks.cut_share, shop.quirks.done_anyway_share = 1.0, 1.0
    with pytest.raises(http.client.IncompleteRead):
        ask(url, "GET", ORDERS, {"per_page": 1}, headers=RW)


def test_it_answers_garbage_with_200(url, shop):
    shop.quirks.garbage_share = 1.0
    reply = ask(url, "GET", ORDERS, {"per_page": 1}, headers=RW)
    assert reply.status == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(reply.raw)


def test_it_does_a_write_whose_answer_is_lost_or_not_by_share(url, shop):
    shop.quirks.error_share = 1.0
    for share, name in ((0.0, "T-Shirt"), (1.0, "Lost")):
        shop.quirks.done_anyway_share = share
        ask(url, "PUT", "/wp-json/wc/v3/products/15", body=b'{"name": "Lost"}',
            headers=RW | {"Content-Type": "application/json"})  # fmt: skip
        assert shop.products[15].name == name


def test_it_takes_its_time_per_object(url, shop):
    shop.quirks.seconds_per_object = 0.01
    start = time.monotonic()
    ask(url, "GET", ORDERS, {"per_page": 10}, headers=RW)
    assert time.monotonic() - start >= 0.1


def test_it_shows_its_skew_its_cache_its_plugin_and_another_address(url, shop):
    shop.quirks.clock_skew_seconds = 3600
    shop.quirks.page_cache_header = "X-Cache: HIT"
    shop.quirks.staging_url = "https://staging.example.test"
    shop.quirks.has_plugin = True
    reply = ask(url, "GET", "/wp-json/")
    assert reply.headers["X-Cache"] == "HIT"
    assert reply.body["url"] == "https://staging.example.test"
    assert "wc-luxebrain/v1" in reply.body["namespaces"]
    assert ask(url, "GET", ORDERS, oauth(ORDERS, {}, KEYS["rw"].key, KEYS["rw"].secret)).status == 401  # fmt: skip


def test_it_stays_whole_under_many_hands(url, shop):
    """Readers, a shopper and a cron at once: the last walk equals the truth."""
    shop.add_webhook("order.updated", "http://127.0.0.1:9/x")
    shoppers, stop, seen = Shoppers(shop, seed=5), threading.Event(), []

    def read_on():
        while not stop.is_set():
            seen.append(
                ask(url, "GET", ORDERS, {"per_page": 20, "page": 2}, headers=RW).status
            )

    def deliver_on():
        while not stop.is_set():
            shop.deliver(lambda url, headers, body: 200)

    threads = [threading.Thread(target=one) for one in (read_on, read_on, deliver_on)]
    for thread in threads:
        thread.start()
    for _ in range(80):
        shoppers.act()
    stop.set()
    for thread in threads:
        thread.join()
    walked = []
    for page in range(1, 4):
        query = {"per_page": 100, "page": page, "orderby": "id", "order": "asc"}
        walked += ask(url, "GET", ORDERS, query, headers=RW).body
    truth = [
        shop.read("orders", pk, "https://127.0.0.1:8081") for pk in shop.truth("orders")
    ]
    assert set(seen) == {200}
    assert walked == truth


def test_it_hands_keys_over_like_wc_auth(url, shop):
    flow = read("rest/wc_auth_flow")
    query = flow["authorize"]["query"]
    page = ask(url, "GET", "/wc-auth/v1/authorize", query)
    assert (page.status, b"Approve" in page.raw) == (200, True)
    plain = ask(
        url,
        "GET",
        "/wc-auth/v1/authorize",
        query | {"callback_url": "http://shop.test/"},
    )
    assert (plain.status, b"SSL" in plain.raw) == (401, True)
    with serve(FakeShop()) as callback:
        # A receiver that answers 404 gets no keys to stay.
        refused = ask(url, "POST", "/wc-auth/v1/access_granted",
                      query | {"callback_url": f"{callback}/nobody"})  # fmt: skip
        granted = ask(url, "POST", "/wc-auth/v1/access_granted",
                      query | {"callback_url": f"{callback}/"})  # fmt: skip
    assert (refused.status, granted.status) == (401, 302)
    assert granted.headers["Location"] == flow["browser_is_sent_to"]
    assert len(shop.keys) == len(KEYS) + 1


def test_it_is_moved_from_another_process():
    process = subprocess.Popen(
        [sys.executable, "-m", "apps.demo.fake_shop", "--products", "10", "--orders", "50"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        url = process.stdout.readline().strip()
        counts = ask(url, "GET", "/__fake__/counts").body
        act = {
            "verb": "place_order",
            "args": {"lines": [[12, 0, 1]], "email": "a@b.test"},
        }
        number = ask(url, "POST", "/__fake__/act", body=json.dumps(act).encode()).body[
            "result"
        ]
        ask(url, "POST", "/__fake__/quirks", body=b'{"error_share": 0.5}')
        lines = ask(url, "GET", "/__fake__/truth/orders").raw.splitlines()
        status = ask(
            url, "POST", "/__fake__/act", body=b'{"verb": "deliver_all"}'
        ).status
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
    assert counts["orders"] == 50
    assert json.loads(lines[-1])["id"] == number
    assert len(lines) == 51
    assert status == 400


def test_it_fills_the_same_shop_for_a_seed():
    made = []
    for seed in (3, 3, 4):
        shop = FakeShop(seed=seed)
        shop.clock = lambda: datetime(2026, 11, 18, 12, tzinfo=UTC)
        shop.fill(products=20, variations_per_product=3, customers=30, orders=200)
        made.append(json.dumps([shop.truth("orders"), shop.truth("refunds")]))
    assert made[0] == made[1]
    assert made[0] != made[2]


@pytest.mark.django_db
def test_it_is_a_command_that_prints_what_to_paste():
    out = StringIO()
    call_command("fake_shop", port=0, products=20, customers=30, months=2, every=0.02,
                 deliver_every=0.05, seconds=0.3, stdout=out)  # fmt: skip
    text = out.getvalue()
    assert re.search(r"Consumer key:    ck_\w+\nConsumer secret: cs_\w+", text)
    assert "Order" in text
