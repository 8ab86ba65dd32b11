"""The facts of reading: shifting pages, dates, drafts, trash."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.demo.fake_shop.lab import KEYS, NOW
from tests.demo.fake_shop.recordings import ask, basic, body_of, names, read

RW = basic(KEYS["rw"].key, KEYS["rw"].secret)
ORDERS = "/wp-json/wc/v3/orders"


def ids(reply):
    return [one["id"] for one in reply.body]


def test_it_loses_an_order_between_two_pages_when_one_moves(url, shop):
    query = {"per_page": 10, "orderby": "modified", "order": "asc"}
    first = ids(ask(url, "GET", ORDERS, query | {"page": 1}, headers=RW))
    expected = ids(ask(url, "GET", ORDERS, query | {"page": 2}, headers=RW))
    shop.clock = lambda: NOW + timedelta(hours=1)
    shop.edit_order(first[0], customer_note="moved")
    second = ids(ask(url, "GET", ORDERS, query | {"page": 2}, headers=RW))
    assert set(expected) - set(first) - set(second) == {expected[0]}
    assert read("rest/paging_shift_fact")["skipped_ids_count"] == 1


MODIFIED = [name for name in names("rest") if name.startswith("orders_modified_")]


@pytest.mark.parametrize("name", MODIFIED)
def test_it_reads_dates_as_recorded(name, url):
    recorded = read(f"rest/{name}")
    reply = ask(url, "GET", ORDERS, recorded["request"]["query"], headers=RW)
    assert ids(reply) == [one["id"] for one in recorded["response"]["body"]]
    assert reply.headers["X-WP-Total"] == recorded["response"]["headers"]["X-WP-Total"]


def test_it_ignores_modified_after_for_customers(url):
    query = {"modified_after": "2030-01-01T00:00:00", "per_page": 100}
    reply = ask(url, "GET", "/wp-json/wc/v3/customers", query, headers=RW)
    assert reply.headers["X-WP-Total"] == "8"


def test_it_lists_a_draft_under_any_status(url, shop):
    number = shop.open_checkout([(15, 0, 1)], email="bea@example.test")
    reply = ask(
        url,
        "GET",
        ORDERS,
        {"status": "any", "per_page": 1, "orderby": "id"},
        headers=RW,
    )
    assert [(one["id"], one["status"]) for one in reply.body] == [
        (number, "checkout-draft")
    ]


@pytest.mark.parametrize(
    ("status", "is_listed"), [("any", False), ("trash", True), ("any,trash", False)]
)
def test_it_lists_the_trash_only_when_asked_for_it_alone(status, is_listed, url, shop):
    shop.trash_order(76)
    reply = ask(url, "GET", ORDERS, {"status": status, "per_page": 100}, headers=RW)
    assert (76 in ids(reply)) is is_listed


def test_it_shows_an_order_in_the_trash_by_its_id(url, shop):
    shop.trash_order(76)
    assert ask(url, "GET", f"{ORDERS}/76", headers=RW).body["status"] == "trash"


def test_it_takes_an_offset_and_the_last_of_a_repeated_name(url):
    query = "per_page=2&offset=3&orderby=id&order=asc&per_page=1"
    assert ids(ask(url, "GET", ORDERS, query, headers=RW)) == [78]


def test_it_has_no_lists_of_all_on_an_older_store(url, shop):
    shop.quirks.has_variations_route = shop.quirks.has_refunds_route = False
    for path in ("variations", "refunds"):
        reply = ask(url, "GET", f"/wp-json/wc/v3/{path}", headers=RW)
        assert (reply.status, reply.body["code"]) == (404, "rest_no_route")


FACTS = read("webhooks/facts")["order_date_modified"]
STEPS = {
    "after_refund_created": lambda shop: shop.refund(107, "2.50"),
    "after_refund_deleted": lambda shop: shop.delete_refund(107, shop.orders[107].refunds[0]),
    "after_note_added": lambda shop: shop.add_note(107, "x"),
    "after_meta_written": lambda shop: shop.edit_order(107, meta_data=[{"key": "a", "value": "b"}]),
    "after_same_meta_again": lambda shop: shop.edit_order(107, meta_data=[{"key": "a", "value": "b"}]),
    "after_put_same_status": lambda shop: shop.set_order_status(107, "completed"),
}  # fmt: skip


def test_it_moves_an_orders_date_as_recorded(shop):
    recorded, moved = "start", []
    before = shop.orders[107].modified
    expected = []
    for at, (name, step) in enumerate(STEPS.items(), 1):
        shop.clock = lambda at=at: NOW + timedelta(minutes=at)
        step(shop)
        moved.append(shop.orders[107].modified != before)
        expected.append(
            FACTS[name]["date_modified_gmt"] != FACTS[recorded]["date_modified_gmt"]
        )
        before, recorded = shop.orders[107].modified, name
    assert moved == expected


def test_it_moves_the_parent_with_a_variation_but_not_for_sales_alone(shop):
    later = NOW + timedelta(minutes=1)
    shop.clock = lambda: later
    shop.edit_variation(68, regular_price="98")
    assert shop.products[62].modified == int(later.timestamp())
    before, sold = shop.products[14].modified, shop.products[14].total_sales
    shop.place_order([(14, 0, 1)], email="x@example.test")
    assert (shop.products[14].modified, shop.products[14].total_sales) == (
        before,
        sold + 1,
    )


def test_it_changes_the_price_of_a_scheduled_sale_only_by_cron(shop):
    start = (NOW + timedelta(seconds=4)).strftime("%Y-%m-%dT%H:%M:%S")
    shop.edit_product(14, sale_price="40", date_on_sale_from_gmt=start)
    shop.clock = lambda: NOW + timedelta(seconds=9)
    assert shop.read("products", 14)["price"] == "45"
    shop.run_cron()
    assert shop.read("products", 14)["price"] == "40"


def test_it_knows_all_recorded_products(shop):
    assert sorted(shop.truth("products")) == [
        one["id"] for one in body_of("rest/products_all")
    ]
