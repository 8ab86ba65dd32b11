"""The index of the field's traps, as far as they lie between a shop and our copy.

One story for each, through the doors that a real shop and a real merchant use. Where
the details of a trap are tested, its line names the file.

1   webhooks disabled after seven errors in a row: test_sentinel
2   error bodies, ids alone, pings, unknown topics, replays: test_webhooks
3   10,000 products with one and the same moment
4   checkout drafts: test_webhooks, test_poll; tests/shop/test_orders
5   partial, full and deleted refunds: test_poll; tests/shop/test_refunds, test_margin
6   guests who register, and merges undone: test_poll; tests/shop/test_customers
7   order tables, block checkout, guests, currencies, 48 variations
10  a price changed by us is one price everywhere: test_write_back
13  rows that come and go between two pages: test_walk
16  a copy of the shop: test_write_back, test_sentinel, test_connect
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from apps.accounts.services import sealed
from apps.shop.models import (
    Coupon,
    Customer,
    CustomerMerge,
    Order,
    Product,
    Variant,
)
from apps.shop.services import costs, merge
from apps.shop.services.margin import order_margin
from apps.sync import tasks
from apps.sync.models import Delivery, Notice, Run, Step
from apps.sync.services import reach, sentinel
from apps.sync.services.apply import apply_due
from apps.sync.services.writing import ask
from apps.sync.services.writing.send import MOVED, send_due
from apps.sync.woo import signing
from apps.sync.woo.pace import Pace
from apps.sync.woo.walk import walk
from tests.sync.conftest import have_plugin

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 11, 10, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
UNSIGNED = "application/x-www-form-urlencoded"


@pytest.fixture
def shop(fake, settings):
    """A fake shop whose webhooks come to our door, and whose time we tell."""
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    fake.clock = lambda: BEGIN
    fake.later = lambda gap=DAY: setattr(fake, "clock", clock_after(fake, gap))
    return fake


def clock_after(fake, gap):
    then = fake.clock() + gap
    return lambda: then


@pytest.fixture
def door(client):
    """Carries what the shop sends to our door; its status."""

    def carry(url, headers, body):
        parts = urlsplit(url)
        kind = next(v for k, v in headers.items() if k.lower() == "content-type")
        answer = client.post(
            f"{parts.path}?{parts.query}", data=body, content_type=kind, headers=headers
        )
        return answer.status_code

    return carry


@pytest.fixture
def settle():
    """Apply all that came."""
    return lambda: apply_due(timezone.now, timezone.now() + DAY)


@pytest.fixture
def poll(shop, sync, prove):
    """A day later, one look; then nothing differs."""

    def run():
        sync(Run.Kind.POLL)
        assert differing(prove()) == []
        shop.later()

    return run


def differing(certificate):
    return list(certificate.differences.values_list("kind", "woo_id", "what", "fields"))


def ids(model, store):
    rows = model.objects.of(store).live().exclude(woo_id=None)
    return set(rows.values_list("woo_id", flat=True))


# 1


def test_trap_1_webhooks_that_were_switched_off_are_back_within_one_look(
    store, shop, connection, door, settle
):
    tasks.watch_hooks()
    scarf = shop.add_product(name="Scarf", regular_price="18")
    for _ in range(7):
        shop.place_order([(scarf, 0, 1)], email="ada@example.test")
        shop.deliver(transport=lambda url, headers, body: 500)
    off = {hook.topic for hook in shop.webhooks if hook.status == "disabled"}
    assert off == {"order.created", "order.updated"}
    shop.transport = door
    tasks.watch_hooks()
    assert {hook.status for hook in shop.webhooks} == {"active"}
    assert len(shop.webhooks) == 15
    [told] = Notice.objects.of(store).filter(closed_at=None)
    assert told.code == sentinel.REPAIRED
    assert "order.created, order.updated: WooCommerce switched them off" in told.text
    bought = shop.place_order([(scarf, 0, 1)], email="ada@example.test")
    assert {sent.status for sent in shop.deliver()} == {200}
    settle()
    assert bought in ids(Order, store)


# 2


@pytest.fixture
def say(client, connection):
    """Send anything to our door, rightly signed unless told otherwise; its status."""
    master = sealed.unseal(bytes(connection.sealed_hook_secret)).decode()

    def send(topic, content, *, signature=None, content_type="application/json"):
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        signed = signing.sign(signing.secret_of(master, topic), body)
        headers = {"X-WC-Webhook-Topic": topic, "X-WC-Webhook-Delivery-ID": "same"}
        if signature != "":
            headers["X-WC-Webhook-Signature"] = signature or signed
        return client.post(
            f"/api/v1/webhooks/{topic.replace('.', '-')}?to={connection.hook_token}",
            data=body,
            content_type=content_type,
            headers=headers,
        ).status_code

    return send


def test_trap_2_nothing_that_a_shop_may_say_upsets_the_copy(
    store, shop, sync, prove, say, settle
):
    scarf = shop.add_product(name="Scarf", regular_price="18", stock=9)
    ten = shop.add_coupon("ten", "10")
    order = shop.place_order([(scarf, 0, 1)], email="ada@example.test")
    sync(Run.Kind.FIRST)
    old = shop.read("orders", order)
    shop.later(MINUTE)
    shop.set_order_status(order, "completed")
    new = shop.read("orders", order)
    invalid = {
        "code": "woocommerce_rest_shop_order_invalid_id",
        "message": "Invalid ID.",
        "data": {"status": 404},
    }
    assert [
        say("order.updated", new),
        say("order.updated", new),  # again, under the same delivery id
        say("order.updated", old),  # out of turn
        say("order.restored", invalid),
        say("coupon.deleted", {"id": scarf}),  # a product in the bin says so, too
        say("product.deleted", {"id": ten}),
        say("order.deleted", {"id": order}),
        say("order.deleted", {"id": 424242}),
        say("order.created", b"webhook_id=3", signature="", content_type=UNSIGNED),
        say("subscription.created", {"id": order, "status": "active"}),
        say("order.updated", {**new, "status": "failed"}, signature="AAAA"),
        say("order.updated", {**new, "status": "failed"}, signature=""),
    ] == [200] * 10 + [401] * 2
    settle()
    assert set(Delivery.objects.of(store).values_list("status", flat=True)) <= {
        "applied",
        "ignored",
    }
    assert Order.objects.of(store).get().status == "completed"
    assert ids(Product, store) == {scarf}
    assert ids(Coupon, store) == {ten}
    assert differing(prove()) == []


# 3


@pytest.mark.slow
def test_trap_3_ten_thousand_products_of_one_moment_come_exactly_once(
    store, shop, connection, sync
):
    """A walk by date would lose or repeat some at each border of two pages."""
    made = {
        shop.add_product(name=f"Scarf {n}", regular_price="18") for n in range(10_000)
    }
    first = sync(Run.Kind.FIRST)
    rows = Product.objects.of(store).values_list("woo_id", flat=True)
    assert sorted(rows) == sorted(made)
    assert Step.objects.of(store).get(run=first, kind="products").seen == 10_000
    asked = {"modified_after": "2026-11-10T11:59:59Z", "_fields": "id"}
    pages = walk(reach.client_of(connection), "products", asked)
    assert [item["id"] for page in pages for item in page.items] == sorted(made)


# 4


def test_trap_4_a_draft_is_nowhere_until_it_is_exactly_one_order(
    store, shop, sync, poll, door, settle, connection
):
    shop.transport = door
    tasks.watch_hooks()
    scarf = shop.add_product(name="Scarf", regular_price="18")
    draft = shop.open_checkout([(scarf, 0, 1)], email="ben@example.test")
    shop.deliver()
    sync(Run.Kind.FIRST)
    settle()
    poll()
    assert not Order.objects.of(store).placed().exists()
    assert not Customer.objects.of(store).filter(email="ben@example.test").exists()
    shop.finish_checkout(draft)
    shop.deliver()
    settle()
    poll()
    assert [row.woo_id for row in Order.objects.of(store)] == [draft]
    assert Order.objects.of(store).placed().count() == 1
    assert Customer.objects.of(store).filter(email="ben@example.test").count() == 1


# 5


def test_trap_5_the_margin_follows_every_refund(store, shop, sync, poll):
    scarf = shop.add_product(name="Scarf", regular_price="18")
    sync(Run.Kind.FIRST)
    costs.change_cost(Product.objects.of(store).get(), Decimal(5))
    order = shop.place_order([(scarf, 0, 3)], email="ada@example.test")
    poll()

    def margin():
        row = Order.objects.of(store).with_money().get()
        net = order_margin(row)
        assert net.gross == row.total - row.refunded_total
        return net.margin

    assert margin() == 3 * (18 - 5)
    line = shop.read("orders", order)["line_items"][0]["id"]
    part = shop.refund(order, lines=[(line, 1, "18.00")])
    poll()
    assert margin() == 2 * (18 - 5)
    shop.delete_refund(order, part)
    poll()
    assert margin() == 3 * (18 - 5)
    shop.refund(order)
    poll()
    row = Order.objects.of(store).get()
    assert (row.status, row.net_total) == ("refunded", 0)
    assert order_margin(Order.objects.of(store).with_money().get()).revenue == 0


# 6


def test_trap_6_a_merge_undone_by_the_merchant_stays_undone(store, shop, sync, poll):
    """A guest's address came to belong to a registered customer: the shop cannot know
    whether that is one person. Who says that it is not is believed for good."""
    scarf = shop.add_product(name="Scarf", regular_price="18")
    bought = shop.place_order([(scarf, 0, 1)], email="shared@example.test")
    eve = shop.add_customer("eve@example.test", "Eve", "Doe")
    sync(Run.Kind.FIRST)
    shop.later()
    guest = Customer.objects.of(store).by_email("shared@example.test").get()
    shop.edit_customer(eve, email="shared@example.test")
    poll()
    person = Customer.objects.of(store).get(woo_id=eve)
    assert Order.objects.of(store).get().customer == person
    merge.undo(CustomerMerge.objects.of(store).get(absorbed=guest), at=timezone.now())
    poll()
    assert Order.objects.of(store).get(woo_id=bought).customer == guest
    shop.set_order_status(bought, "completed")
    later = shop.place_order([(scarf, 0, 1)], email="shared@example.test")
    poll()
    guest.refresh_from_db()
    owners = dict(Order.objects.of(store).values_list("woo_id", "customer"))
    assert owners == {bought: guest.pk, later: person.pk}
    assert guest.merged_into is None


# 7


def test_trap_7_order_tables_only(store, shop, sync, connection):
    shop.place_order([], email="ada@example.test")
    sync(Run.Kind.FIRST)
    connection.refresh_from_db()
    assert connection.facts["hpos"] is True
    assert Order.objects.of(store).count() == 1


def test_trap_7_a_guest_at_the_block_checkout(store, shop, sync, prove):
    scarf = shop.add_product(name="Scarf", regular_price="18")
    draft = shop.open_checkout([(scarf, 0, 2)], email="Ben@Example.test")
    shop.finish_checkout(draft)
    sync(Run.Kind.FIRST)
    order = Order.objects.of(store).get()
    assert (order.created_via, order.customer.email) == (
        "store-api",
        "ben@example.test",
    )
    assert (order.customer.is_guest, order.customer.woo_id) == (True, None)
    assert differing(prove()) == []


@pytest.mark.parametrize("has_plugin", [False, True])
def test_trap_7_orders_keep_their_currency(
    store, shop, sync, prove, connection, has_plugin
):
    """All are compared; a sum is of amounts in the store's own currency alone."""
    scarf = shop.add_product(name="Scarf", regular_price="18")
    said = {}
    for currency in ("EUR", "USD", "JPY"):
        pk = shop.place_order(
            [(scarf, 0, 1)], email="ada@example.test", currency=currency
        )
        said[pk] = (currency, Decimal(shop.read("orders", pk)["total"]))
    shop.refund(min(said))
    shop.refund(max(said))
    if has_plugin:
        have_plugin(store, shop)
    sync(Run.Kind.FIRST)
    rows = Order.objects.of(store).values_list("woo_id", "currency", "total")
    assert {pk: (currency, total) for pk, currency, total in rows} == said
    certificate = prove()
    assert differing(certificate) == []
    assert certificate.method == ("plugin" if has_plugin else "pages")
    own = said[min(said)][1]
    for kind, count in (("orders", 3), ("refunds", 2)):
        line = certificate.lines.get(kind=kind)
        assert (line.shop_count, line.our_count) == (count, count)
        assert (line.shop_total, line.our_total) == (own, own)


def test_trap_7_a_product_with_48_variations(store, shop, sync, poll, prove):
    shop.add_attribute("Size", terms=["S"])
    dress = shop.add_product(name="Dress", type="variable")
    made = [
        shop.add_variation(
            dress,
            attributes={"Color": color, "Size": size},
            regular_price=str(60 + n),
            stock=n,
        )
        for n, (color, size) in enumerate(
            (color, size)
            for color in ("Red", "Blue", "Sand", "Black", "White", "Olive")
            for size in ("XS", "S", "M", "L", "XL", "34", "36", "38")
        )
    ]
    sync(Run.Kind.FIRST)
    rows = Variant.objects.of(store).live().filter(product__woo_id=dress)
    prices = dict(rows.values_list("woo_id", "price"))
    assert prices == {pk: 60 + n for n, pk in enumerate(made)}
    shop.later()
    shop.edit_variation(made[47], sale_price="61")
    shop.delete_variation(made[0])
    poll()
    prices = dict(rows.values_list("woo_id", "price"))
    assert len(prices) == 47
    assert prices[made[47]] == 61


# 10


def test_trap_10_a_price_that_we_change_is_one_price_everywhere(
    store, shop, connection, sync, prove
):
    scarf = shop.add_product(name="Scarf", regular_price="18")
    dress = shop.add_product(name="Dress", type="variable")
    small = shop.add_variation(dress, attributes={"Size": "S"}, regular_price="90")
    sync(Run.Kind.FIRST)
    for row, price in (
        (Product.objects.of(store).get(woo_id=scarf), "12.00"),
        (Variant.objects.of(store).get(woo_id=small), "70.00"),
    ):
        write = ask.price(
            store, row, sale_price=Decimal(price), key=f"k{row.woo_id}",
            asked_by="brain:pricing", at=timezone.now(),
        )  # fmt: skip
        send_due(timezone.now())
        write.refresh_from_db()
        row.refresh_from_db()
        assert (write.status, row.price) == ("verified", Decimal(price))
    client = reach.client_of(connection)
    shown = [
        client.get(f"products/{scarf}").data["price"],
        client.get(f"products/{dress}/variations/{small}").data["price"],
    ]
    assert shown == ["12.00", "70.00"]
    paid = shop.place_order([(scarf, 0, 1), (dress, small, 1)], email="a@example.test")
    lines = shop.read("orders", paid)["line_items"]
    assert [line["subtotal"] for line in lines] == ["12.00", "70.00"]
    # The parent's range, too, is what the shop shows.
    sync(Run.Kind.POLL)
    assert differing(prove()) == []
    assert Product.objects.of(store).get(woo_id=dress).price == 70


# 13


@pytest.mark.parametrize("lanes", [1, 4])
def test_trap_13_a_whole_shop_read_while_it_changes(store, shop, connection, lanes):
    """Rows go, come back and are new after each answer; a walk over orders and one
    over products, many times."""
    client = reach.client_of(connection)
    for seed in range(15):
        for kind in ("orders", "coupons"):
            random = Random(seed)
            lived, seen = changing_walk(shop, client, kind, random, lanes)
            assert len(seen) == len(set(seen)), (seed, kind)
            assert lived <= set(seen), (seed, kind)


def changing_walk(shop, client, kind, random, lanes):
    add, bin_, back = {
        "orders": (
            lambda: shop.place_order([], email="a@example.test"),
            shop.trash_order,
            shop.untrash_order,
        ),
        "coupons": (
            lambda: shop.add_coupon(f"c{random.random()}", "5"),
            shop.trash_coupon,
            lambda pk: setattr(shop.coupons[pk], "status", "publish"),
        ),
    }[kind]
    while len(shop.truth(kind)) < 230:
        add()
    before, touched = set(shop.truth(kind)), set()

    def change(error):
        with shop.lock:
            for _ in range(random.choice((0, 1, 2, 9))):
                pk = random.choice(shop.table(kind).ids)
                act = random.choice((add, bin_, back))
                if act is add:
                    add()
                elif (shop.table(kind)[pk].status == "trash") == (act is back):
                    touched.add(pk)
                    act(pk)
            shop.table(kind).version += 1

    pace = Pace()
    pace.lanes = lanes
    client.listeners[:] = [change]
    pages = walk(client, kind, {"status": "any", "_fields": "id"}, pace=pace)
    seen = [item["id"] for page in pages for item in page.items]
    client.listeners.clear()
    return before - touched, seen


# 16


def test_trap_16_a_copy_of_the_shop_is_read_and_never_touched(
    store, shop, connection, sync
):
    scarf = shop.add_product(name="Scarf", regular_price="18")
    sync(Run.Kind.FIRST)
    write = ask.price(
        store, Product.objects.of(store).get(), sale_price=Decimal(12), key="k",
        asked_by="brain:pricing", at=timezone.now(),
    )  # fmt: skip
    shop.quirks.staging_url = "https://staging.maison.example"
    tasks.watch_hooks()
    tasks.send_writes()
    write.refresh_from_db()
    connection.refresh_from_db()
    assert (write.status, write.error) == ("refused", MOVED)
    assert connection.status == "moved"
    assert shop.read("products", scarf)["price"] == "18"
    assert len(shop.webhooks) == 0
    [notice] = Notice.objects.of(store).filter(closed_at=None, code=reach.MOVED)
    assert "It may be a copy." in notice.text
    shop.edit_product(scarf, regular_price="20")
    sync(Run.Kind.POLL)
    assert Product.objects.of(store).get().price == 20
