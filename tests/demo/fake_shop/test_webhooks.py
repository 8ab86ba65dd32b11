"""What each change queues, and how a delivery looks on the wire, as recorded."""

from __future__ import annotations

import base64
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise

import pytest

from apps.demo.fake_shop.hooks import HOOKS, php_json, send, sign
from tests.demo.fake_shop.lab import lab_shop
from tests.demo.fake_shop.recordings import read

FILES = ("deliveries", "deliveries_more", "checkout_deliveries")
DELIVERIES = [one for name in FILES for one in read(f"webhooks/{name}")
              if any("Signature" in header for header, _ in one["headers_in_wire_order"])]  # fmt: skip
DELIVERED = {one["scenario"]: one["delivered"] for one in read("webhooks/scenarios")}


def header(one, name):
    return dict(map(tuple, one["headers_in_wire_order"]))[name]


def watched():
    """The recorded store with one webhook for each topic, quiet."""
    shop = lab_shop()
    shop.transport = lambda url, headers, body: 200
    for topic in HOOKS:
        shop.add_webhook(topic, f"http://127.0.0.1:8090/ok/{topic}", f"secret-{topic}")
    return shop


def test_it_signs_every_recorded_body_as_woocommerce_did():
    assert len(DELIVERIES) > 70
    for one in DELIVERIES:
        body = base64.b64decode(one["body_base64"])
        assert sign(one["secret"], body) == header(one, "X-WC-Webhook-Signature")


def test_it_writes_json_as_php_does():
    for one in DELIVERIES:
        body = base64.b64decode(one["body_base64"])
        assert php_json(one["body_json"]) == body


def test_it_sends_the_recorded_headers_in_their_order():
    shop = watched()
    shop.edit_product(15, sale_price="14.99")
    sent = shop.deliver()[0]
    recorded = DELIVERIES[2]
    assert list(sent.headers) == [name for name, _ in recorded["headers_in_wire_order"]]
    for name in ("User-Agent", "Accept", "Accept-Encoding", "Content-Type", "Connection",
                 "X-WC-Webhook-Source", "X-WC-Webhook-Topic", "X-WC-Webhook-Resource",
                 "X-WC-Webhook-Event", "Host"):  # fmt: skip
        assert sent.headers[name] == header(recorded, name)


SHAPED = [one for one in DELIVERIES if len(one["body_json"]) > 3]


def test_it_shows_the_recorded_keys_in_their_order():
    """Bytes are signed, so the order of the keys is part of a delivery."""
    shop = lab_shop()
    kinds = {"order": 76, "product": 15, "customer": 4, "coupon": 69}
    for one in SHAPED:
        topic = header(one, "X-WC-Webhook-Topic")
        kind = topic.split(".")[0]
        chosen = 68 if one["body_json"].get("type") == "variation" else kinds[kind]
        made = shop.resource(topic, chosen)
        assert list(made) == list(one["body_json"]), one["scenario"]


GUEST = {"email": "rita@example.test", "status": "processing"}
SCENARIOS = {
    "order created by REST, status processing, guest": lambda s: s.place_order([(15, 0, 2), (13, 31, 1)], coupons=["welcome10"], **GUEST),
    "order updated: status completed": lambda s: s.set_order_status(76, "completed"),
    "order updated: meta only": lambda s: s.edit_order(76, meta_data=[{"key": "a", "value": "b"}]),
    "order note added": lambda s: s.add_note(76, "Hello"),
    "partial refund by REST": lambda s: s.refund(107, lines=[(s.orders[107].lines[0].id, 1, "18")]),
    "refund deleted": lambda s: s.delete_refund(79, 80),
    "order put in the trash by REST": lambda s: s.trash_order(76),
    "order taken out of the trash by REST (PUT status)": lambda s: [s.trash_order(76), s.drop(s.pending), s.edit_order(76, status="processing")],
    "order trashed by PHP": lambda s: s.trash_order(76),
    "order untrashed by PHP": lambda s: s.untrash_order(110),
    "order deleted for good by REST (force)": lambda s: s.delete_order(76),
    "customer created by REST": lambda s: s.add_customer("nora@example.test", "Nora", "New"),
    "customer updated by REST: name": lambda s: s.edit_customer(4, first_name="Ann"),
    "customer updated by REST: billing phone only": lambda s: s.edit_customer(4, billing={"phone": "1"}),
    "customer deleted by REST": lambda s: s.delete_customer(4),
    "product created by REST": lambda s: s.add_product(name="Hook Mug", regular_price="9"),
    "product updated by REST: price": lambda s: s.edit_product(15, regular_price="19"),
    "product updated by REST: stock only": lambda s: s.edit_product(15, stock_quantity=3),
    "product updated by REST: nothing changed": lambda s: s.edit_product(15),
    "product updated three times before the queue runs": lambda s: [s.edit_product(15, name=n) for n in "abc"],
    "variation updated by REST: price": lambda s: s.edit_variation(68, regular_price="98"),
    "variation created by REST": lambda s: s.add_variation(62, attributes={"Color": "Red", "Size": "Tiny"}, regular_price="9"),
    "products/batch: update of 3 and create of 1": lambda s: [s.edit_product(16), s.edit_product(17), s.edit_product(18), s.add_product(name="Batch Pin")],
    "stock falls because of a paid order (REST)": lambda s: s.place_order([(15, 0, 1)], **GUEST),
    "category renamed by REST": lambda s: s.edit_category(17, name="Tees"),
    "product put in the trash by REST": lambda s: s.trash_product(15),
    "product deleted for good by REST (force), never trashed": lambda s: s.delete_product(15),
    "variation deleted by REST (force)": lambda s: s.delete_variation(68),
    "coupon created by REST": lambda s: s.add_coupon("hooked", "10"),
    "coupon updated by REST": lambda s: s.edit_coupon(69, amount="12"),
    "coupon used in an order": lambda s: s.place_order([(15, 0, 1)], coupons=["welcome10"], **GUEST),
    "coupon put in the trash by REST": lambda s: s.trash_coupon(69),
    "coupon deleted for good by REST (force)": lambda s: s.delete_coupon(69),
    "product restored by PHP (wp_untrash_post)": lambda s: s.restore_product(15),
    "coupon restored by PHP (wp_untrash_post)": lambda s: s.restore_coupon(69),
}  # fmt: skip


def test_it_plays_every_recorded_scenario():
    assert set(SCENARIOS) == set(DELIVERED)


@pytest.mark.parametrize("scenario", sorted(SCENARIOS))
def test_it_queues_the_recorded_topics(scenario):
    shop = watched()
    if "restored" in scenario:
        (shop.trash_product if "product" in scenario else shop.trash_coupon)(
            15 if "product" in scenario else 69
        )
        shop.drop(shop.pending)
    SCENARIOS[scenario](shop)
    assert sorted(one.topic for one in shop.pending) == sorted(DELIVERED[scenario])


def test_it_builds_the_payload_at_delivery():
    shop = watched()
    shop.edit_product(15, name="First")
    shop.edit_product(15, name="Second")
    sent = shop.deliver()
    assert [b'"name":"Second"' in one.body for one in sent] == [True]


def test_it_sends_an_error_body_where_the_id_is_another_kind():
    shop = watched()
    shop.trash_product(15)
    shop.drop(shop.pending)
    shop.restore_product(15)
    bodies = {one.delivery.topic: one.body for one in shop.deliver()}
    recorded = next(one for one in DELIVERIES if header(one, "X-WC-Webhook-Topic") == "coupon.restored")  # fmt: skip
    assert bodies["coupon.restored"] == base64.b64decode(recorded["body_base64"])


def test_it_updates_a_draft_before_it_creates_the_order():
    shop = watched()
    number = shop.open_checkout([(15, 0, 1)], email="bea@example.test")
    assert [one.topic for one in shop.pending] == ["order.updated"]
    shop.deliver()
    shop.finish_checkout(number)
    assert [one.topic for one in shop.pending] == [
        "product.updated", "order.updated", "order.created",
    ]  # fmt: skip


def fail(shop, status, times):
    seen = []
    for _ in range(times):
        shop.edit_product(15)
        shop.deliver(lambda url, headers, body: status)
        seen.append((shop.webhooks[1].status, shop.webhooks[1].failures))
    return seen


def one_hook():
    shop = lab_shop()
    shop.transport = lambda url, headers, body: 200
    shop.add_webhook("product.updated", "http://127.0.0.1:8090/x")
    return shop


@pytest.mark.parametrize(
    ("name", "status"),
    [("500", 500), ("404", 404), ("410", 410), ("302", 302), ("301", 301), ("307", 307),
     ("204", 204), ("connection_refused", 0)],
)  # fmt: skip
def test_it_counts_failures_as_recorded(name, status):
    recorded = read("webhooks/failure_behaviour")[name]["after_each_delivery"]
    made = fail(one_hook(), status, len(recorded))
    assert made == [(one["status"], one["failure_count"]) for one in recorded]


def test_it_disables_again_after_a_reactivation_and_recovers_by_a_success():
    shop = one_hook()
    fail(shop, 500, 7)
    shop.webhooks[1].status = "active"
    assert fail(shop, 500, 1) == [("disabled", 6)]
    shop.webhooks[1].status = "active"
    assert fail(shop, 200, 1) == [("active", 0)]


def test_it_pings_until_it_is_answered_with_exactly_200():
    shop = lab_shop()
    seen: list[tuple[list[str], bytes]] = []
    answers = [204, 200, 200]

    def transport(url, headers, body):
        seen.append((list(headers), body))
        return answers[min(len(seen), 3) - 1]

    shop.transport = transport
    shop.add_webhook("product.updated", "http://127.0.0.1:8090/x")
    shop.edit_product(15)
    shop.deliver()
    shop.edit_product(15)
    shop.deliver()
    pings = [body for _, body in seen if body == b"webhook_id=1"]
    recorded = [name for name, _ in read("webhooks/pings")[0]["headers_in_wire_order"]]
    assert len(seen) == 4
    assert len(pings) == 2
    assert seen[0] == (recorded, b"webhook_id=1")


def test_it_lets_a_test_drop_repeat_and_reorder():
    shop = watched()
    for product in (15, 16, 17):
        shop.edit_product(product)
    first, second, third = shop.pending
    shop.drop([second])
    sent = shop.deliver(pick=lambda pending: [third, first, first])
    assert [one.delivery.resource_id for one in sent] == [17, 15, 15]
    assert shop.pending == []


def test_it_shares_a_delivery_id_within_a_second():
    shop = watched()
    shop.edit_product(15)
    shop.edit_product(16)
    ids = [one.headers["X-WC-Webhook-Delivery-ID"] for one in shop.deliver()]
    assert [one == other for one, other in pairwise(ids)] == [True]


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((list(self.headers.items()), body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


def test_it_puts_the_same_headers_on_the_wire():
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    server.got = []
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}
    )
    thread.start()
    try:
        shop = lab_shop()
        shop.add_webhook(
            "product.updated", f"http://127.0.0.1:{server.server_port}/x", "a&amp;b"
        )
        shop.edit_product(15)
        sent = shop.deliver(send)[0]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert server.got[0][1] == b"webhook_id=1"
    assert server.got[1] == (list(sent.headers.items()), sent.body)
    assert sent.headers["X-WC-Webhook-Signature"] == sign("a&b", sent.body)
