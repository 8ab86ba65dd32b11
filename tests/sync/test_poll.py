"""With every webhook lost, one poll makes the copy right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from apps.shop.models import (
    AttributeTerm,
    Category,
    Coupon,
    Customer,
    Order,
    Product,
    Refund,
    Tag,
    Variant,
)
from apps.sync.models import Run

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 11, 10, 12, tzinfo=UTC)


@pytest.fixture
def shop(fake, sync):
    """Small, copied, and a day older."""
    fake.clock = lambda: BEGIN
    at = fake.at = SimpleNamespace()
    fake.add_attribute("Size", terms=["S", "M"])
    at.scarf = fake.add_product(name="Scarf", regular_price="18", stock=9)
    at.dress = fake.add_product(name="Dress", type="variable")
    at.small = fake.add_variation(
        at.dress,
        attributes={"Color": "Red", "Size": "S"},
        regular_price="90",
        stock=5,
    )
    at.ada = fake.add_customer("ada@example.test", "Ada", "Byron")
    at.ten = fake.add_coupon("ten", "10")
    at.order = fake.place_order([(at.scarf, 0, 2)], customer_id=at.ada)
    sync(Run.Kind.FIRST)
    fake.clock = lambda: BEGIN + timedelta(days=1)
    return fake


@pytest.fixture
def poll(sync, prove):
    """One look; then nothing differs."""

    def run():
        sync(Run.Kind.POLL)
        certificate = prove()
        found = certificate.differences.values("kind", "woo_id", "what", "fields")
        assert (list(found), certificate.verdict) == ([], "equal")

    return run


def ids(model, store):
    rows = model.objects.of(store).live().exclude(woo_id=None)
    return set(rows.values_list("woo_id", flat=True))


def test_it_finds_what_is_new(shop, poll, store):
    made = {
        Product: shop.add_product(name="Hat", regular_price="30"),
        Customer: shop.add_customer("ben@example.test", "Ben", "Doe"),
        Coupon: shop.add_coupon("five", "5"),
        Category: shop.add_category("Hats"),
        Tag: shop.add_tag("New in"),
        Order: shop.place_order([(shop.at.scarf, 0, 1)], email="guest@example.test"),
        Variant: shop.add_variation(
            shop.at.dress,
            attributes={"Color": "Red", "Size": "M"},
            regular_price="90",
            stock=2,
        ),
    }
    poll()
    assert {
        model: woo_id in ids(model, store) for model, woo_id in made.items()
    } == dict.fromkeys(made, True)
    assert Customer.objects.of(store).by_email("guest@example.test").get().is_guest


def test_it_finds_what_changed(shop, poll, store):
    shop.edit_product(shop.at.scarf, regular_price="20", sale_price="15")
    shop.edit_variation(shop.at.small, stock_quantity=1)
    shop.edit_customer(shop.at.ada, first_name="Augusta")
    shop.edit_coupon(shop.at.ten, amount="12.00")
    shop.set_order_status(shop.at.order, "completed")
    poll()
    assert str(Product.objects.of(store).get(woo_id=shop.at.scarf).price) == "15.0000"
    assert Variant.objects.of(store).get(woo_id=shop.at.small).stock_quantity == 1
    assert Customer.objects.of(store).get(woo_id=shop.at.ada).first_name == "Augusta"
    assert str(Coupon.objects.of(store).get().amount) == "12.0000"
    assert Order.objects.of(store).get().status == "completed"


def test_it_finds_what_went_into_the_bin(shop, poll, store):
    shop.trash_order(shop.at.order)
    shop.trash_product(shop.at.scarf)
    shop.trash_coupon(shop.at.ten)
    poll()
    assert ids(Order, store) == ids(Coupon, store) == set()
    assert ids(Product, store) == {shop.at.dress}


def test_it_finds_what_was_put_back(shop, poll, store):
    shop.trash_order(shop.at.order)
    shop.trash_product(shop.at.dress)
    poll()
    shop.untrash_order(shop.at.order)
    shop.restore_product(shop.at.dress)
    poll()
    assert ids(Order, store) == {shop.at.order}
    assert shop.at.small in ids(Variant, store)


def test_it_finds_what_was_deleted_without_a_word(shop, poll, store):
    shop.delete_order(shop.at.order)
    shop.delete_variation(shop.at.small)
    shop.delete_customer(shop.at.ada)
    shop.delete_coupon(shop.at.ten)
    poll()
    assert ids(Order, store) == ids(Coupon, store) == set()
    assert ids(Customer, store) == {1}  # who runs the shop
    assert ids(Variant, store) == {shop.at.scarf}


def test_a_deletion_is_found_though_something_new_keeps_the_count(shop, poll, store):
    shop.delete_order(shop.at.order)
    new = shop.place_order([(shop.at.scarf, 0, 1)], email="guest@example.test")
    poll()
    assert ids(Order, store) == {new}


def test_trap_5_refunds_come_and_go(shop, poll, store):
    line = shop.truth("orders")[shop.at.order]["line_items"][0]["id"]
    part = shop.refund(shop.at.order, lines=[(line, 1, "18.00")])
    poll()
    order = Order.objects.of(store).get()
    assert order.refunded_total == Refund.objects.of(store).get().amount > 0
    # Deleting a refund moves no date and sends nothing.
    shop.delete_refund(shop.at.order, part)
    poll()
    order.refresh_from_db()
    assert (str(order.refunded_total), ids(Refund, store)) == ("0.0000", set())
    shop.refund(shop.at.order)
    poll()
    order.refresh_from_db()
    assert (order.status, order.net_total) == ("refunded", 0)


def test_trap_4_a_draft_becomes_exactly_one_order(shop, poll, store):
    draft = shop.open_checkout([(shop.at.scarf, 0, 1)], email="ben@example.test")
    poll()
    assert ids(Order, store) == {shop.at.order}
    shop.finish_checkout(draft)
    poll()
    assert ids(Order, store) == {shop.at.order, draft}


def test_trap_6_a_guest_who_registers_stays_one_person(shop, poll, store):
    bought = shop.place_order([(shop.at.scarf, 0, 1)], email="Eve@Example.test")
    poll()
    eve = shop.add_customer("eve@example.test", "Eve", "Doe")
    poll()
    shop.edit_customer(eve, email="eve.doe@example.test")
    poll()
    # The old order still names the old address; it is touched once more.
    shop.set_order_status(bought, "completed")
    poll()
    person = Order.objects.of(store).get(woo_id=bought).customer
    assert (person.woo_id, person.email) == (eve, "eve.doe@example.test")
    named = Customer.objects.of(store).live().filter(first_name="Eve")
    assert list(named) == [person]


def test_it_sees_terms_of_attributes(shop, poll, store):
    assert AttributeTerm.objects.of(store).live().count() >= 2
    shop.add_attribute("Length", terms=["Short", "Long"])
    poll()
    assert {"Short", "Long"} <= set(
        AttributeTerm.objects.of(store).live().values_list("name", flat=True)
    )


def test_an_older_woocommerce_is_followed_too(fake, store, connection, shop, poll):
    """Without lists of all variations and all refunds."""
    fake.quirks.has_variations_route = fake.quirks.has_refunds_route = False
    connection.refresh_from_db()
    connection.facts = {
        **connection.facts, "routes": {"variations": False, "refunds": False},
    }  # fmt: skip
    connection.save(update_fields=["facts"])
    fake.edit_variation(shop.at.small, regular_price="80")
    middle = fake.add_variation(
        shop.at.dress,
        attributes={"Color": "Red", "Size": "M"},
        regular_price="90",
        stock=2,
    )
    fake.refund(shop.at.order, amount="5.00")
    poll()
    assert str(Variant.objects.of(store).get(woo_id=shop.at.small).price) == "80.0000"
    assert middle in ids(Variant, store)
    assert str(Order.objects.of(store).get().refunded_total) == "5.0000"


def test_a_poll_before_the_first_sync_has_nothing_to_look_for(store, connection):
    from apps.sync.services import queue

    queue.ask_all(Run.Kind.POLL, BEGIN)
    assert not Run.objects.of(store).filter(kind=Run.Kind.POLL).exists()
