"""One request to a shop: what is tried again, what is not, and how failures are named."""

from __future__ import annotations

import json

import pytest

from apps.sync.woo import transport
from apps.sync.woo.client import ATTEMPTS
from apps.sync.woo.errors import (
    ClockSkewError,
    KeysRefusedError,
    NotPermittedError,
    RequestRefusedError,
    RouteMissingError,
    ShopBrokenError,
    ShopBusyError,
    ShopError,
    ShopMovedError,
    ShopUnreachableError,
    ThingMissingError,
)
from apps.sync.woo.walk import walk
from tests.sync.captured import FOLDER, recording
from tests.sync.raw_shop import answering
from tests.sync.scripted import Say, Script, serve

FINE = Say(body={"id": 1})
PAGE = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
NOTICE = b"<br />\n<b>Notice</b>: Undefined variable in x.php\n"
HEALS = {
    "500": Say(500, PAGE),
    "500 in JSON": Say(500, {"code": "internal_server_error", "message": "!"}),
    "502": Say(502, PAGE),
    "503": Say(503, PAGE),
    "429": Say(429, {"code": "too_many_requests"}),
    "cut": Say(200, {"id": 1, "name": "x" * 4000}, is_cut=True),
    "a page": Say(200, b"<!DOCTYPE html>Checking your browser"),
    "a notice before it": Say(200, NOTICE + b'{"id": 1}'),
    "nothing": Say(200, b""),
}


@pytest.fixture
def shop():
    with serve(Script()) as found:
        yield found


@pytest.mark.parametrize("trouble", HEALS)
def test_it_tries_again_what_can_heal(shop, trouble):
    shop.answers = [HEALS[trouble], HEALS[trouble], FINE]
    assert shop.client().get("orders/1").data == {"id": 1}
    assert shop.asked == [("GET", "/wp-json/wc/v3/orders/1")] * 3
    assert len(shop.slept) == 2


@pytest.mark.parametrize("trouble", HEALS)
def test_it_gives_up_in_the_end_and_says_that_it_may_heal(shop, trouble):
    shop.answers = [HEALS[trouble]]
    with pytest.raises(ShopError) as found:
        shop.client().get("orders/1")
    assert (len(shop.asked), len(shop.slept)) == (ATTEMPTS, ATTEMPTS - 1)
    assert found.value.can_heal


def test_it_waits_longer_each_time_and_never_in_step(shop):
    shop.answers = [HEALS["500"]]
    for _ in range(20):
        with pytest.raises(ShopBrokenError):
            shop.client().get("orders/1")
    by_attempt = [shop.slept[n::3] for n in range(3)]
    for pauses, most in zip(by_attempt, (1.0, 2.0, 4.0), strict=True):
        assert len(set(pauses)) == 20
        assert all(0.1 <= pause <= most for pause in pauses)


@pytest.mark.parametrize("trouble", sorted(set(HEALS) - {"429"}))
def test_it_posts_once_where_the_shop_may_have_done_it(shop, trouble):
    shop.answers = [HEALS[trouble], FINE]
    with pytest.raises(ShopError) as found:
        shop.client().post("coupons", {"code": "ten"})
    assert found.value.can_heal
    assert shop.asked == [("POST", "/wp-json/wc/v3/coupons")]


def test_it_posts_again_where_nothing_was_done(shop):
    shop.answers = [HEALS["429"], FINE]
    assert shop.client().post("coupons", {"code": "ten"}).data == {"id": 1}
    assert shop.asked == [("POST", "/wp-json/wc/v3/coupons")] * 2


def test_it_posts_again_after_a_maintenance_that_says_its_end(shop):
    shop.answers = [Say(503, PAGE, {"Retry-After": "5"}), FINE]
    assert shop.client().post("coupons", {}).data == {"id": 1}
    assert shop.slept == [5.0]


@pytest.mark.parametrize("method", ["put", "delete"])
def test_it_repeats_what_is_the_same_when_done_twice(shop, method):
    shop.answers = [HEALS["cut"], FINE]
    client = shop.client()
    answer = (
        client.put("orders/1", {}) if method == "put" else client.delete("orders/1")
    )
    assert (answer.data, len(shop.asked)) == ({"id": 1}, 2)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("text", "seconds"),
    [("7", 7.0), ("0", 0.0), ("Tue, 10 Nov 2026 12:00:09 GMT", 9.0)],
)
def test_it_waits_as_long_as_the_shop_asks(shop, status, text, seconds):
    when = {"Date": "Tue, 10 Nov 2026 12:00:00 GMT", "Retry-After": text}
    shop.answers = [Say(status, PAGE, when), FINE]
    shop.client().get("orders")
    assert shop.slept == [seconds]


@pytest.mark.parametrize("text", ["31", "86400", "Tue, 10 Nov 2026 13:00:00 GMT"])
def test_it_sits_through_no_long_pause(shop, text):
    when = {"Date": "Tue, 10 Nov 2026 12:00:00 GMT", "Retry-After": text}
    shop.answers = [Say(429, PAGE, when)]
    with pytest.raises(ShopBusyError) as found:
        shop.client().get("orders")
    assert (shop.slept, len(shop.asked)) == ([], 1)
    assert found.value.retry_after in (31.0, 3600.0)


@pytest.mark.parametrize("text", ["soon", "-5", "1e9", "٣", ""])
def test_a_senseless_pause_is_none(shop, text):
    shop.answers = [
        Say(429, PAGE, {"Retry-After": text.encode().decode("latin-1")}),
        FINE,
    ]
    assert shop.client().get("orders").data == {"id": 1}
    assert 0.1 <= shop.slept[0] <= 1.0


REFUSED = {
    "400": RequestRefusedError,
    "413": RequestRefusedError,
    "501": RequestRefusedError,
}
NAMED = {
    "401_oauth_stale_timestamp": ClockSkewError,
    "401_oauth_replayed_nonce": ShopBrokenError,
    "401_read_key_writes": NotPermittedError,
    "401_write_key_reads": NotPermittedError,
    "404_route": RouteMissingError,
    "404_method_not_routed": RouteMissingError,
    "500_refund_too_big": ShopBrokenError,
}
BY_STATUS = {
    **REFUSED,
    "401": KeysRefusedError,
    "403": NotPermittedError,
    "404": ThingMissingError,
}
ERRORS = sorted(path.stem for path in (FOLDER / "errors").glob("[345]*.json"))


@pytest.mark.parametrize("name", ERRORS)
def test_each_recorded_error_has_its_name(shop, name):
    said = recording(f"errors/{name}")["response"]
    wanted = NAMED.get(name) or BY_STATUS[name[:3]]
    shop.answers = [Say(said["status"], said["body"])]
    with pytest.raises(ShopError) as found:
        shop.client().get("orders")
    assert type(found.value) is wanted
    tries = ATTEMPTS if wanted.can_heal else 1
    assert len(shop.asked) == tries
    if wanted is RequestRefusedError:
        assert found.value.reason == said["body"]["code"]


def test_an_error_inside_a_batch_is_left_to_its_caller(shop):
    said = recording("errors/200_batch_partial_failure")["response"]["body"]
    shop.answers = [Say(200, said)]
    assert shop.client().post("products/batch", {}).data == said


def test_it_reuses_one_connection_for_many_requests(shop):
    client = shop.client()
    for _ in range(20):
        client.get("orders")
    client.post("orders", {})
    shop.answers = [Say(404, {"code": "x"}), HEALS["500"], HEALS["429"], FINE]
    with pytest.raises(ThingMissingError):
        client.get("orders/2")
    client.get("orders")
    assert (shop.connections, len(shop.asked)) == (1, 25)


def test_a_fork_has_a_connection_of_its_own(shop):
    client = shop.client()
    twin = client.fork()
    for _ in range(5):
        client.get("orders")
        twin.get("orders")
    assert shop.connections == 2
    heard = []
    client.listeners.append(heard.append)
    twin.get("orders")
    assert heard == [None]


def test_walks_share_their_connections(shop):
    """An older shop is walked over product by product."""
    client = shop.client()
    shop.answers = [Say(200, [{"id": 1}], {"X-WP-Total": "1"})]
    for _ in range(5):
        assert [len(page.items) for page in walk(client, "orders", {})] == [1]
    assert (shop.connections, len(shop.asked)) == (1, 5)


def test_it_tells_its_listeners_of_each_try(shop):
    client, heard = shop.client(), []
    client.listeners.append(lambda error: heard.append(type(error)))
    shop.answers = [HEALS["500"], HEALS["429"], FINE]
    client.get("orders")
    assert heard == [ShopBrokenError, ShopBusyError, type(None)]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\n\n  "])
def test_it_reads_what_stands_behind_marks_and_blanks(shop, mark):
    shop.answers = [Say(200, mark + json.dumps({"name": "Größe"}).encode())]
    assert shop.client().get("orders/1").data == {"name": "Größe"}
    assert len(shop.asked) == 1


@pytest.mark.parametrize("total", ["", "many", "-1", "1e3", "9" * 40])
def test_a_senseless_total_is_none(shop, total):
    shop.answers = [Say(200, [], {"X-WP-Total": total})]
    assert shop.client().get("orders").total is None


def test_it_says_the_total_and_the_shops_time(shop):
    when = {"X-WP-Total": "451", "Date": "Tue, 10 Nov 2026 12:00:00 GMT"}
    shop.answers = [Say(200, [], when)]
    answer = shop.client().get("orders")
    assert (answer.total, answer.shop_at.isoformat()) == (
        451,
        "2026-11-10T12:00:00+00:00",
    )


def test_it_says_when_a_thing_was_missing(shop):
    said = {"code": "woocommerce_rest_shop_order_invalid_id", "message": "Invalid ID."}
    shop.answers = [Say(404, said, {"Date": "Tue, 10 Nov 2026 12:00:00 GMT"})]
    with pytest.raises(ThingMissingError) as found:
        shop.client().get("orders/7")
    assert found.value.shop_at.isoformat() == "2026-11-10T12:00:00+00:00"


def test_it_follows_no_redirect(shop):
    shop.answers = [Say(301, b"", {"Location": "https://other.example/"})]
    with pytest.raises(ShopMovedError, match=r"other\.example"):
        shop.client().get("orders")
    assert len(shop.asked) == 1


def test_it_leaves_an_endless_answer(monkeypatch):
    monkeypatch.setattr(transport, "MOST_BYTES", 200_000)
    with answering(200, {}, None) as url:
        shop = Script()
        shop.url = url
        with pytest.raises(ShopUnreachableError, match="does not end"):
            shop.client().get("orders")
    assert len(shop.slept) == ATTEMPTS - 1


def test_it_leaves_one_that_drips(monkeypatch):
    monkeypatch.setattr(transport, "WHOLE_SECONDS", 0.1)
    with answering(200, {}, None) as url:
        shop = Script()
        shop.url = url
        with pytest.raises(ShopUnreachableError, match="does not end"):
            shop.client().get("orders")


def test_nobody_at_home(shop):
    shop.url = "http://127.0.0.1:9"
    with pytest.raises(ShopUnreachableError):
        shop.client().get("orders")
    assert len(shop.slept) == ATTEMPTS - 1


def test_one_who_says_nothing_in_time(shop, monkeypatch):
    import socket

    monkeypatch.setattr(transport, "READ_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        shop.url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ShopUnreachableError):
            shop.client().get("orders")
    assert len(shop.slept) == ATTEMPTS - 1
