"""Each recorded question is asked again: same status, same headers, same shape.

A new recording joins by itself.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from apps.demo.fake_shop.shop import FakeShop
from tests.demo.fake_shop.lab import BAD, KEYS, add_order, path_ids
from tests.demo.fake_shop.recordings import (
    Reply,
    ask,
    basic,
    body_of,
    differences,
    names,
    oauth,
    read,
)

SKIPPED = {
    "rest/collection_params": "a description, not an answer",
    "rest/create_params": "a description, not an answer",
    "rest/paging_shift_fact": "a fact; test_paging shows it",
    "rest/wc_auth_flow": "a flow; test_approve walks it",
    "rest/data": "no such route: nothing in the house reads it",
    "rest/data_countries": "no such route: nothing in the house reads it",
    "rest/payment_gateways": "no such route: nothing in the house reads it",
    "rest/reports_customers_totals": "no such route: nothing in the house reads it",
    "rest/reports_products_totals": "no such route: nothing in the house reads it",
    "rest/reviews": "no such route: reviews are not synced",
    "rest/settings": "no such route: only the general group is read",
    "rest/settings_products": "no such route: only the general group is read",
    "rest/settings_tax": "no such route: only the general group is read",
    "rest/shipping_classes": "no such route: shipping is not synced",
    "rest/shipping_zone_methods": "no such route: shipping is not synced",
    "rest/shipping_zones": "no such route: shipping is not synced",
    "rest/taxes": "no such route: the rates are in the orders",
    "rest/taxes_classes": "no such route: the rates are in the orders",
    "rest/wc_v3_index": "the fake lists its own routes, a fifth of WooCommerce's",
    "writes/batch_100_timing": "a measurement",
}
# Cut down to a list that no route answers; test_writes reads the whole answer.
RESHAPED = {"writes/meta_write", "writes/meta_delete"}
FOLDERS = ("rest", "errors", "writes")
ALL = [f"{folder}/{name}" for folder in FOLDERS for name in names(folder)]
MATTER = ("Content-Type", "X-Robots-Tag", "Access-Control-Expose-Headers", "X-WP-Total",
          "X-WP-TotalPages", "Link", "Allow", "Cache-Control", "Vary", "Location")  # fmt: skip
# Their number differs, since what was written before them is not written here.
COUNTED = {"rest/orders_trash"}


def again(name: str, url: str, shop: FakeShop) -> Reply:
    """The recorded question, with its kind of proof of who asks."""
    request = read(name)["request"]
    prepare(name, request, shop)
    key = {**KEYS, **BAD}[request.get("key") or "rw"]
    query: dict[str, Any] = dict(request.get("query") or {})
    headers: dict[str, str] = {}
    auth = request["auth"]
    if auth.startswith("basic"):
        headers = basic(key.key, key.secret)
        if auth == "basic over plain http":
            del headers["X-Forwarded-Proto"]
    elif auth.startswith("oauth1"):
        late = 1000 if "1000 s" in auth else 0
        query = oauth(request["path"], query, key.key, key.secret, late=late)
        if "replay" in auth:
            assert ask(url, "GET", request["path"], query).status == 200
    elif "query" in auth:
        query |= {"consumer_key": key.key, "consumer_secret": key.secret}
        headers = {"X-Forwarded-Proto": "https"}
    elif read(name)["response"]["headers"].get("Link", "").startswith("<http:"):
        headers = {}
    else:
        headers = {"X-Forwarded-Proto": "https"}
    body = sent_body(name, request)
    if body is not None:
        headers["Content-Type"] = "application/json"
    return ask(url, request["method"], request["path"], query, body, headers)


def sent_body(name: str, request: dict[str, Any]) -> bytes | None:
    if name == "errors/400_malformed_json":
        return b'{"name": "x"'
    if name == "errors/413_batch_over_100":
        return json.dumps({"update": [{"id": 15, "name": "T-Shirt"}] * 101}).encode()
    given = request.get("json_body")
    return None if given is None else json.dumps(given).encode()


def prepare(name: str, request: dict[str, Any], shop: FakeShop) -> None:
    """What earlier recordings had written by then."""
    if name.startswith("writes/") and (
        "coupons/147" in request["path"] or "get_by_code" in name
    ):
        create = read("writes/coupon_create_full")["request"]["json_body"]
        shop.last["post"] = 146
        shop.add_coupon(**create)
    if name == "writes/price_field_readonly":
        shop.edit_product(15, sale_price="-1")


@pytest.mark.parametrize("name", [one for one in ALL if one not in SKIPPED])
def test_it_answers_as_recorded(name, url, shop):
    wanted = read(name)["response"]
    made = again(name, url, shop)
    assert made.status == wanted["status"], made.raw
    for header in MATTER:
        if header in ("Link", "Location") and name.startswith(
            ("rest/oauth1", "writes/")
        ):
            continue  # a nonce, or a number of its own
        assert made.headers.get(header) == wanted["headers"].get(header), header
    if name in RESHAPED:
        return
    if wanted["status"] >= 400 and "coupon_percent" not in name:
        compare_error(made.body, wanted["body"])
    else:
        assert differences(wanted["body"], made.body) == []


def compare_error(made: Any, wanted: Any) -> None:
    """To the letter, but for the number of a draft."""
    if isinstance(wanted["data"], dict) and "new_draft_order_id" in wanted["data"]:
        made["data"]["new_draft_order_id"] = wanted["data"]["new_draft_order_id"]
    assert made == wanted


LISTS = [
    name for name in ALL
    if name.startswith("rest/") and name not in SKIPPED
    and isinstance(body_of(name), list) and body_of(name) and "id" in body_of(name)[0]
    and isinstance(body_of(name)[0]["id"], int) and name != "rest/order_notes"
    and name != "rest/attribute_pa_size_terms" and "attribute" not in name
]  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_it_lists_the_same_ids_in_the_same_order(name, url, shop):
    assert [one["id"] for one in again(name, url, shop).body] == [
        one["id"] for one in body_of(name)
    ]


MONEY = ("status", "currency", "total", "total_tax", "cart_tax", "shipping_total",
         "shipping_tax", "discount_total", "date_created", "date_modified_gmt",
         "date_paid", "date_completed", "billing", "shipping", "customer_id",
         "needs_payment", "needs_processing", "is_editable")  # fmt: skip


@pytest.mark.parametrize("page", [1, 2, 3])
def test_it_sums_each_order_to_the_cent(page, url, shop):
    made = again(f"rest/orders_page{page}", url, shop).body
    wanted = body_of(f"rest/orders_page{page}")
    for mine, theirs in zip(made, wanted, strict=True):
        assert {name: mine[name] for name in MONEY} == {
            name: theirs[name] for name in MONEY
        }
        for line, recorded in zip(
            mine["line_items"], theirs["line_items"], strict=True
        ):
            for name in ("name", "quantity", "subtotal", "total", "total_tax", "taxes",
                         "sku", "image", "parent_name", "price"):  # fmt: skip
                assert line[name] == pytest.approx(recorded[name]) if name == "price" else line[name] == recorded[name]  # fmt: skip


def test_it_knows_every_skipped_file():
    assert set(SKIPPED) <= set(ALL)


def test_it_builds_from_the_recorded_ids(shop):
    assert sorted(shop.orders.ids)[:3] == [75, 76, 77]
    assert path_ids("/orders/79/refunds/80") == [79, 80]
    assert add_order.__name__ == "add_order"
