"""The silent rules of writing, played in the order in which they were recorded."""

from __future__ import annotations

import json

import pytest

from tests.demo.fake_shop.lab import KEYS
from tests.demo.fake_shop.recordings import ask, basic, body_of, read

RW = {**basic(KEYS["rw"].key, KEYS["rw"].secret), "Content-Type": "application/json"}
# One after the other, each on what the one before left behind.
SEQUENCE = (
    "price_sale_set", "price_sale_above_regular", "price_sale_equal_regular",
    "price_sale_scheduled_gmt", "price_sale_scheduled_local", "price_sale_cleared",
    "price_many_decimals", "price_as_number", "price_comma", "price_negative",
    "price_field_readonly", "price_reset", "price_on_variable_parent", "price_variation",
    "price_variable_parent_after",
)  # fmt: skip
COMPARED = ("price", "regular_price", "sale_price", "on_sale", "date_on_sale_from",
            "date_on_sale_from_gmt", "date_on_sale_to", "date_on_sale_to_gmt")  # fmt: skip


def write(url, method, path, body):
    return ask(
        url,
        method,
        f"/wp-json/wc/v3/{path}",
        body=json.dumps(body).encode(),
        headers=RW,
    )


def test_it_treats_prices_as_recorded(url):
    for name in SEQUENCE:
        recorded = read(f"writes/{name}")
        request, wanted = recorded["request"], recorded["response"]
        body = request.get("json_body")
        reply = ask(url, request["method"], request["path"],
                    body=None if body is None else json.dumps(body).encode(), headers=RW)  # fmt: skip
        assert reply.status == wanted["status"], name
        for field in COMPARED:
            assert reply.body.get(field) == wanted["body"].get(field), (name, field)


def test_it_keeps_objects_in_meta_and_removes_by_null(url):
    before = len(body_of("rest/product_simple")["meta_data"])
    made = write(
        url, "PUT", "products/15", read("writes/meta_write")["request"]["json_body"]
    )
    assert made.body["meta_data"][before]["value"] == {"p": 0.91, "tags": ["a", "b"]}
    assert made.body["meta_data"][before + 1]["key"] == "_lab_hidden"
    made = write(
        url, "PUT", "products/15", read("writes/meta_delete")["request"]["json_body"]
    )
    assert [one["key"] for one in made.body["meta_data"]][before:] == ["lab_score"]


def test_it_sets_the_recorded_stock(url):
    request = read("writes/stock_set")["request"]
    made = write(url, "PUT", "products/15", request["json_body"]).body
    assert {name: made[name] for name in body_of("writes/stock_set")} == body_of("writes/stock_set")  # fmt: skip


def test_it_creates_the_recorded_coupon_to_the_letter(url):
    wanted = body_of("writes/coupon_create_full")
    made = write(
        url,
        "POST",
        "coupons",
        read("writes/coupon_create_full")["request"]["json_body"],
    )
    skipped = {"id", "meta_data", "_links"} | {name for name in wanted if name.startswith("date_")}  # fmt: skip
    assert {n: v for n, v in made.body.items() if n not in skipped} == {
        n: v for n, v in wanted.items() if n not in skipped
    }
    assert made.body["date_expires"] is None


def test_it_prices_the_recorded_order_to_the_cent(url):
    wanted = body_of("writes/order_create_minimal")
    made = write(
        url, "POST", "orders", {"line_items": [{"product_id": 15, "quantity": 1}]}
    ).body
    for name in (
        "status",
        "total",
        "total_tax",
        "cart_tax",
        "shipping_total",
        "created_via",
    ):
        assert made[name] == wanted[name]


def test_it_leaves_a_draft_behind_a_bad_coupon(url, shop):
    request = read("writes/order_create_bad_coupon")["request"]["json_body"]
    reply = write(url, "POST", "orders", request)
    draft = reply.body["data"]["new_draft_order_id"]
    assert (reply.status, shop.orders[draft].status) == (400, "auto-draft")


def test_it_forces_every_delete_of_a_batch(url, shop):
    reply = write(url, "POST", "products/batch", {"delete": [15]})
    assert (reply.status, reply.body["delete"][0]["id"], 15 in shop.products) == (
        200,
        15,
        False,
    )


def test_it_refunds_a_line_and_puts_it_back(url, shop):
    order = shop.place_order([(15, 0, 2)], email="x@example.test")
    stock = shop.products[15].stock or 0
    line = shop.orders[order].lines[0].id
    body = {
        "amount": "18.00",
        "line_items": [{"id": line, "quantity": 1, "refund_total": 18}],
    }
    made = write(url, "POST", f"orders/{order}/refunds", body)
    assert (made.status, made.body["amount"]) == (201, "18.00")
    assert made.body["line_items"][0]["total"] == "-18.00"
    assert shop.products[15].stock == stock + 1


def test_it_sets_a_fully_refunded_order_to_refunded(shop):
    total = shop.total(107)
    shop.refund(107)
    assert (shop.orders[107].status, shop.total(107)) == ("refunded", total)


@pytest.mark.parametrize(
    ("path", "status"), [("webhooks/1", 200), ("customers/4", 200)]
)
def test_it_deletes_by_force(path, status, url, shop):
    shop.add_webhook("order.created", "http://127.0.0.1:9/x")
    reply = ask(url, "DELETE", f"/wp-json/wc/v3/{path}", {"force": "true"}, headers=RW)
    assert reply.status == status
    assert ask(url, "GET", f"/wp-json/wc/v3/{path}", headers=RW).status == 404
