"""What the real store delivered, byte by byte, through the front door.

Names traps 2, 4, 5 and 7 of the field: error bodies, ids alone, pings, unknown topics,
wrong signatures, replays, order out of turn, checkout drafts, refunds, HPOS.
"""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.services import sealed
from apps.shop.models import Coupon, Customer, Order, Product, Refund, Variant
from apps.sync.models import Connection, Delivery
from apps.sync.services.apply import apply_due
from apps.sync.woo import signing
from tests.sync.captured import body, deliveries, headers, raw, recording

pytestmark = pytest.mark.django_db
RECORDED = deliveries()


@pytest.fixture
def post(client, connection):
    """Deliver to our door as the shop does."""
    master = sealed.unseal(bytes(connection.sealed_hook_secret)).decode()

    def send(topic, content, *, signature=None, to=connection.hook_token, **more):
        content = (
            content if isinstance(content, bytes) else json.dumps(content).encode()
        )
        signed = signing.sign(signing.secret_of(master, topic), content)
        return client.post(
            f"/api/v1/webhooks/{topic.replace('.', '-')}?to={to}",
            data=content,
            content_type=more.get("content_type", "application/json"),
            headers={
                "X-WC-Webhook-Signature": signed if signature is None else signature,
                "X-WC-Webhook-Topic": topic,
            },
        )

    return send


@pytest.fixture
def settle():
    """Apply all that waits."""

    def run(ahead=timedelta()):
        until = timezone.now() + timedelta(days=1)
        return apply_due(lambda: timezone.now() + ahead, until)

    return run


def states(store):
    return sorted(Delivery.objects.of(store).values_list("status", flat=True))


@pytest.mark.parametrize(
    "item", RECORDED, ids=[f"{i['file']}-{n}" for n, i in enumerate(RECORDED)]
)
def test_a_recorded_signature_is_true_to_the_byte(item):
    sent = headers(item)
    assert signing.is_signed(item["secret"], raw(item), sent["x-wc-webhook-signature"])
    assert not signing.is_signed(
        item["secret"], raw(item) + b" ", sent["x-wc-webhook-signature"]
    )


@pytest.mark.parametrize(
    "item", RECORDED, ids=[f"{i['file']}-{n}" for n, i in enumerate(RECORDED)]
)
def test_every_recorded_delivery_is_taken_and_settled(
    item, post, settle, store, django_capture_on_commit_callbacks
):
    answer = post(headers(item)["x-wc-webhook-topic"], raw(item))
    assert answer.status_code == 200
    settle()
    assert set(states(store)) <= {"applied", "ignored"}


def test_the_recorded_stream_leaves_what_it_says(post, settle, store, fake):
    """All in their order: the newest word about each thing is what the copy says."""
    for item in RECORDED:
        post(headers(item)["x-wc-webhook-topic"], raw(item))
        settle()
    newest = {}
    for item in RECORDED:
        payload = item["body_json"]
        if headers(item)["x-wc-webhook-topic"].startswith("order.") and (
            "status" in payload
        ):
            newest[payload["id"]] = payload
    ours = dict(Order.objects.of(store).values_list("woo_id", "status"))
    assert ours == {
        woo_id: payload["status"]
        for woo_id, payload in newest.items()
        if payload["status"] != "checkout-draft"
    } | {pk: status for pk, status in ours.items() if pk not in newest}


@pytest.mark.parametrize("item", recording("webhooks/pings"), ids=lambda i: "ping")
def test_a_ping_is_answered_with_exactly_200(item, client, connection, store):
    content = item.get("body_text") or "webhook_id=1"
    answer = client.post(
        f"/api/v1/webhooks/order-created?to={connection.hook_token}",
        data=content.encode(),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 200
    assert not Delivery.objects.of(store).exists()


def test_it_refuses_a_wrong_signature(post, store):
    assert post("order.created", {"id": 1}, signature="AAAA").status_code == 401
    assert post("order.created", {"id": 1}, signature="").status_code == 401
    assert post("order.created", {"id": 1}, to="nobody").status_code == 404
    assert not Delivery.objects.of(store).exists()


def test_it_refuses_bytes_signed_for_another_topic(client, connection, store):
    master = sealed.unseal(bytes(connection.sealed_hook_secret)).decode()
    content = json.dumps(body("rest/order_two_coupons")).encode()
    answer = client.post(
        f"/api/v1/webhooks/product-updated?to={connection.hook_token}",
        data=content,
        content_type="application/json",
        headers={
            "X-WC-Webhook-Signature": signing.sign(
                signing.secret_of(master, "order.updated"), content
            )
        },
    )
    assert answer.status_code == 401
    assert not Delivery.objects.of(store).exists()


def test_many_wrong_signatures_are_slowed_down(post):
    answers = [
        post("order.created", {"id": 1}, signature="AAAA").status_code
        for _ in range(70)
    ]
    assert answers[:60] == [401] * 60
    assert set(answers[60:]) <= {401, 429}
    assert answers[-1] == 429


def test_the_same_delivery_twice_is_one_row(post, settle, store):
    order = body("rest/order_two_coupons")
    for _ in range(3):
        assert post("order.updated", order).status_code == 200
        settle()
    [row] = Delivery.objects.of(store)
    assert (row.status, row.times_received) == ("applied", 3)
    assert Order.objects.of(store).count() == 1


def test_an_older_word_never_beats_a_newer_one(post, settle, store):
    newer = {**body("rest/order_two_coupons"), "status": "completed"}
    older = {
        **newer,
        "status": "pending",
        "date_modified_gmt": "2026-11-04T17:41:14",
    }
    post("order.updated", newer)
    settle()
    post("order.updated", older)
    settle()
    assert Order.objects.of(store).get().status == "completed"


@pytest.mark.parametrize(
    "content",
    [
        b'{"code":"woocommerce_rest_shop_order_invalid_id","message":"Invalid ID."}',
        b"[]",
        b"null",
        b"{",
        b"",
        b"webhook_id=1",
        b'{"id":"abc"}',
        b'{"id":99999999999999999999999}',
        b"\xff\xfe\x00",
        b'{"id":true}',
    ],
)
def test_what_is_no_thing_is_stored_and_ignored(content, post, settle, store):
    assert post("order.restored", content).status_code == 200
    settle()
    assert states(store) == ["ignored"]
    assert not Order.objects.of(store).exists()


def test_an_unknown_topic_is_harmless(post, settle, store):
    assert post("subscription.created", {"id": 7}).status_code == 200
    assert post("action.woocommerce_x", {"id": 7}).status_code == 200
    settle()
    assert states(store) == ["ignored", "ignored"]


def test_a_deletion_is_believed_only_if_the_shop_says_so(post, settle, store, fake):
    product = fake.add_product(name="Scarf", regular_price="18", stock=3)
    post("product.created", fake.truth("products")[product])
    settle()
    post("product.deleted", {"id": product})
    settle()
    assert Product.objects.of(store).live().count() == 1
    fake.trash_product(product)
    post("product.deleted", {"id": product})
    settle()
    assert not Product.objects.of(store).live().exists()
    assert not Variant.objects.of(store).live().exists()


def test_a_deletion_is_dated_by_the_shops_clock(post, settle, store, fake):
    coupon = fake.add_coupon("ten", "10")
    post("coupon.updated", fake.truth("coupons")[coupon])
    settle()
    fake.trash_coupon(coupon)
    fake.quirks.clock_skew_seconds = 600
    post("coupon.deleted", {"id": coupon})
    settle()
    ahead = Coupon.objects.of(store).get().deleted_at - timezone.now()
    assert timedelta(seconds=590) < ahead <= timedelta(seconds=600)


def test_the_second_deletion_of_one_thing_counts_too(post, settle, store, fake):
    coupon = fake.add_coupon("ten", "10")
    for _ in range(2):
        post("coupon.updated", fake.truth("coupons")[coupon])
        settle()
        fake.trash_coupon(coupon)
        post("coupon.deleted", {"id": coupon})
        settle()
        assert not Coupon.objects.of(store).live().exists()
        fake.coupons[coupon].status = "publish"
        post("coupon.restored", {"id": coupon})
        settle()
        assert Coupon.objects.of(store).live().count() == 1


def test_trap_4_a_draft_is_no_order_until_it_is_one(post, settle, store, fake):
    product = fake.add_product(name="Scarf", regular_price="18")
    draft = fake.open_checkout([(product, 0, 1)], email="ben@example.test")
    post("order.updated", fake.read("orders", draft))
    settle()
    assert not Order.objects.of(store).exists()
    assert not Customer.objects.of(store).filter(email="ben@example.test").exists()
    fake.finish_checkout(draft)
    post("order.updated", fake.read("orders", draft))
    post("order.created", fake.read("orders", draft))
    settle()
    assert Order.objects.of(store).get().status == "processing"


@pytest.mark.parametrize("most", [2, 5])
def test_all_parts_come_from_a_shop_whose_pages_are_cut(
    post, settle, store, fake, most
):
    """A theme's filter shows fewer variations and refunds than were asked for."""
    fake.quirks.most_rows = most
    dress = fake.add_product(name="Dress", type="variable")
    sizes = {
        fake.add_variation(
            dress, attributes={"Size": f"{n}"}, regular_price="90", stock=9
        )
        for n in range(7)
    }
    order = fake.place_order([(dress, min(sizes), 7)], email="ada@example.test")
    line = fake.read("orders", order)["line_items"][0]["id"]
    backs = {fake.refund(order, lines=[(line, 1, "90.00")]) for _ in range(6)}
    post("product.updated", fake.read("products", dress))
    post("order.updated", fake.read("orders", order))
    settle()
    assert states(store) == ["applied", "applied"]
    assert set(Variant.objects.of(store).values_list("woo_id", flat=True)) == sizes
    assert set(Refund.objects.of(store).values_list("woo_id", flat=True)) == backs


def test_it_waits_for_a_shop_that_does_not_answer(
    post, settle, store, fake, monkeypatch
):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    customer = fake.add_customer("eve@example.test", "Eve", "Doe")
    post("customer.created", fake.truth("customers")[customer])
    settle()
    fake.delete_customer(customer)
    url = connection_url(store, "http://127.0.0.1:9")
    post("customer.deleted", {"id": customer})
    settle()
    row = Delivery.objects.of(store).get(topic="customer.deleted")
    assert (row.status, row.attempts) == ("waiting", 1)
    connection_url(store, url)
    settle(timedelta(minutes=5))
    row.refresh_from_db()
    assert row.status == "applied"
    assert not Customer.objects.of(store).live().filter(woo_id=customer).exists()


def connection_url(store, url):
    row = Connection.objects.of(store).get()
    before, row.url = row.url, url
    row.save(update_fields=["url"])
    return before


def test_another_store_hears_nothing(post, settle, store, other_store):
    post("order.created", body("rest/order_two_coupons"))
    settle()
    assert Order.objects.of(store).count() == 1
    assert not Order.objects.of(other_store).exists()
    assert not Delivery.objects.of(other_store).exists()
