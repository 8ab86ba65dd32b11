"""The recorded store again: the same ids, goods, people and orders, in the fake."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from apps.demo.fake_shop.rows import Key
from apps.demo.fake_shop.shop import FakeShop
from tests.demo.fake_shop.recordings import HOST, body_of

NOW = datetime(2026, 11, 21, 1, 40, tzinfo=UTC)
KEYS = {
    "rw": Key("ck_RW_EXAMPLE", "cs_RW_EXAMPLE"),
    "ro": Key("ck_RO_EXAMPLE", "cs_RO_EXAMPLE", "read"),
    "wo": Key("ck_WO_EXAMPLE", "cs_WO_EXAMPLE", "write"),
    "shop_manager_rw": Key("ck_SM_EXAMPLE", "cs_SM_EXAMPLE", role="shop_manager"),
    "subscriber_rw": Key("ck_SU_EXAMPLE", "cs_SU_EXAMPLE", role="subscriber"),
}
BAD = {"bad": Key("ck_nobody", "cs_nobody"), "badsec": Key("ck_RW_EXAMPLE", "cs_wrong")}
PRODUCT = (
    "type", "status", "featured", "catalog_visibility", "description", "short_description",
    "sku", "regular_price", "sale_price", "date_on_sale_from_gmt", "date_on_sale_to_gmt",
    "virtual", "downloadable", "downloads", "download_limit", "download_expiry",
    "external_url", "button_text", "tax_class", "manage_stock", "stock_quantity",
    "low_stock_amount", "weight", "dimensions", "upsell_ids", "cross_sell_ids",
    "categories", "tags", "attributes", "grouped_products", "slug", "meta_data",
    "backorders", "global_unique_id", "average_rating", "rating_count",
)  # fmt: skip
VARIATION = ("sku", "regular_price", "sale_price", "manage_stock", "stock_quantity",
             "attributes", "description", "weight", "dimensions", "meta_data", "status")  # fmt: skip


def lab_shop() -> FakeShop:
    shop = FakeShop(name="Lab Store", key=KEYS["rw"].key, secret=KEYS["rw"].secret)
    shop.url = f"http://{HOST}"
    shop.keys = {key.key: key for key in KEYS.values()}
    add_terms(shop)
    add_people(shop)
    add_goods(shop)
    add_coupons(shop)
    prices = {row.id: row.price for row in (*shop.products, *shop.variations)}
    add_orders(shop)
    set_clock(shop, NOW)
    assert prices == {row.id: row.price for row in (*shop.products, *shop.variations)}
    settle_goods(shop)
    return shop


def set_clock(shop: FakeShop, moment: datetime) -> None:
    shop.clock = lambda: moment


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


def seconds(text: str | None) -> int | None:
    return int(at(text).timestamp()) if text else None


def add_terms(shop: FakeShop) -> None:
    for one in sorted(body_of("rest/categories"), key=lambda term: term["id"]):
        shop.last["term"] = one["id"] - 1
        shop.add_category(one["name"], one["parent"], slug=one["slug"])
    for one in sorted(body_of("rest/tags"), key=lambda term: term["id"]):
        shop.last["term"] = one["id"] - 1
        shop.add_tag(one["name"])
    for one in body_of("rest/attributes"):
        shop.add_attribute(one["name"])
        for term in body_of(f"rest/attribute_{one['slug']}_terms"):
            shop.last["term"] = term["id"] - 1
            shop.add_attribute_term(one["id"], term["name"])


def add_people(shop: FakeShop) -> None:
    whole = {one["id"]: one for one in body_of("rest/customers")}
    for brief in sorted(body_of("rest/customers_role_all"), key=lambda one: one["id"]):
        if brief["id"] == 1:
            continue
        one = whole.get(brief["id"], brief)
        shop.last["user"] = one["id"] - 1
        set_clock(shop, at(one.get("date_created_gmt", "2026-11-21T01:39:34")))
        shop.add_customer(
            one["email"], one.get("first_name", ""), one.get("last_name", ""),
            role=one["role"], username=one["username"], billing=one.get("billing"),
            shipping=one.get("shipping"), meta_data=one.get("meta_data"),
        )  # fmt: skip
        shop.customers[one["id"]].is_paying = one["is_paying_customer"]


def pictures(images: list[dict[str, Any]]) -> tuple[tuple[int, str], ...]:
    return tuple((one["id"], one["src"].rsplit("/", 1)[-1]) for one in images)


def add_goods(shop: FakeShop) -> None:
    everything = body_of("rest/products_all") + body_of("rest/variations_global")
    for one in sorted(
        everything, key=lambda row: (row["type"] == "variation", row["id"])
    ):
        shop.last["post"] = one["id"] - 1
        set_clock(shop, at(one["date_created_gmt"]))
        if one["type"] == "variation":
            fields = {name: one[name] for name in VARIATION}
            shop.add_variation(one["parent_id"], **fields)
            row = shop.variations[one["id"]]
            row.images = pictures([one["image"]] if one["image"] else [])
        else:
            shop.add_product(name=one["name"], **{name: one[name] for name in PRODUCT})
            row = shop.products[one["id"]]
            row.images = pictures(one["images"])
    set_clock(shop, NOW)
    for grouped in shop.products:
        if grouped.type == "grouped":
            shop.write(grouped, {})


def settle_goods(shop: FakeShop) -> None:
    """Stock and dates as they were when the store was recorded."""
    for one in body_of("rest/products_all") + body_of("rest/variations_global"):
        row = shop.product(one["id"])
        assert row is not None
        row.modified = seconds(one["date_modified_gmt"]) or 0
        row.stock, row.stock_status = one["stock_quantity"], one["stock_status"]
        row.total_sales = int(one.get("total_sales", 0))


def add_coupons(shop: FakeShop) -> None:
    for one in sorted(body_of("rest/coupons"), key=lambda row: row["id"]):
        shop.last["post"] = one["id"] - 1
        set_clock(shop, at(one["date_created_gmt"]))
        kept = ("description", "usage_limit", "usage_limit_per_user", "individual_use",
                "email_restrictions", "date_expires", "minimum_amount", "product_ids",
                "exclude_sale_items", "free_shipping", "meta_data", "product_categories")  # fmt: skip
        shop.add_coupon(one["code"], one["amount"], one["discount_type"],
                        **{name: one[name] for name in kept})  # fmt: skip


def recorded_orders() -> list[dict[str, Any]]:
    pages = [one for page in (1, 2, 3) for one in body_of(f"rest/orders_page{page}")]
    return pages + body_of("rest/orders_trash")


def add_orders(shop: FakeShop) -> None:
    refunds = body_of("rest/refunds_global")
    for one in sorted(recorded_orders(), key=lambda row: row["id"]):
        add_order(shop, one)
        for refund in refunds:
            if refund["parent_id"] == one["id"]:
                add_refund(shop, one, refund)
        row = shop.orders[one["id"]]
        row.status = one["status"]
        row.modified = seconds(one["date_modified_gmt"]) or 0
        row.paid = seconds(one["date_paid_gmt"])
        row.completed = seconds(one["date_completed_gmt"])


def add_order(shop: FakeShop, one: dict[str, Any]) -> None:
    shop.last["post"] = one["id"] - 1
    set_clock(shop, at(one["date_created_gmt"]))
    source = next(
        (m["value"] for m in one["meta_data"] if m["key"].endswith("utm_source")), ""
    )
    status = "pending" if one["status"] in ("trash", "refunded") else one["status"]
    shop.place_order(
        [(line["product_id"], line["variation_id"], line["quantity"]) for line in one["line_items"]],
        one["customer_id"], one["billing"]["email"], status,
        coupons=[line["code"] for line in one["coupon_lines"]], billing=one["billing"],
        shipping=one["shipping"], method=one["payment_method"],
        method_title=one["payment_method_title"], via=one["created_via"],
        note=one["customer_note"], source=source,
        carriage=one["shipping_lines"][0]["total"] if one["shipping_lines"] else None,
        fees=[(fee["name"], fee["total"]) for fee in one["fee_lines"]],
    )  # fmt: skip


def add_refund(shop: FakeShop, order: dict[str, Any], one: dict[str, Any]) -> None:
    shop.last["post"] = one["id"] - 1
    set_clock(shop, at(one["date_created_gmt"]))
    ours = dict(zip([line["id"] for line in order["line_items"]],
                    shop.orders[order["id"]].lines, strict=True))  # fmt: skip
    lines = []
    for line in one["line_items"]:
        of = next(
            int(m["value"])
            for m in line["meta_data"]
            if m["key"] == "_refunded_item_id"
        )
        lines.append((ours[of].id, -line["quantity"], line["total"].lstrip("-")))
    shop.refund(order["id"], one["amount"], lines, one["reason"])


def path_ids(path: str) -> list[int]:
    return [int(found) for found in re.findall(r"/(\d+)", path)]
