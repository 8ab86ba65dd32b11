"""The plugin's export: a kind, line by line, from an id on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.sync.woo.client import Client, Payload
from apps.sync.woo.decode import finite, nothing
from apps.sync.woo.errors import ShopBrokenError, ShopSenselessError
from apps.sync.woo.fields import as_number, id_of

MOST = 1000
# Less than a worker's turn: what is read in vain when the turn ends is little.
SECONDS = 10
SELLABLE = (
    "sku,price,regular_price,sale_price,date_on_sale_from_gmt,date_on_sale_to_gmt,"
    "stock_quantity,stock_status,manage_stock,date_created_gmt,date_modified_gmt,"
    "cost_of_goods_sold,attributes,status"
)
# What read_orders, read_catalog and read_people read.
FIELDS = {
    "orders": "id,status,currency,number,total,discount_total,shipping_total,total_tax,"
    "fee_lines,coupon_lines,payment_method,created_via,meta_data,line_items,refunds,"
    "customer_id,billing,shipping,date_created_gmt,date_modified_gmt,date_paid_gmt,"
    "date_completed_gmt",
    "refunds": "id,parent_id,amount,reason,line_items,shipping_lines,fee_lines,"
    "date_created_gmt,date_modified_gmt",
    "products": f"id,{SELLABLE},name,slug,type,catalog_visibility,description,"
    "short_description,brands,permalink,upsell_ids,cross_sell_ids,categories,tags,"
    "images,variations",
    "variations": f"id,parent_id,{SELLABLE},image,menu_order",
    "customers": "id,email,first_name,last_name,billing,date_created_gmt,"
    "date_modified_gmt",
    "coupons": "id,code,amount,status,discount_type,usage_limit,usage_limit_per_user,"
    "usage_count,minimum_amount,date_expires_gmt,date_created_gmt,date_modified_gmt",
}


@dataclass(frozen=True)
class Batch:
    items: list[Payload]
    # Ids of what the shop could not show.
    broken: list[int]
    # The next batch begins behind this id.
    after: int
    is_all: bool
    total: int | None
    shop_at: datetime | None


def read(client: Client, kind: str, after: int) -> Batch:
    """What came is good, also where the way broke off. Raises ShopError where nothing
    did: the same question would bring nothing again."""
    asked = {
        "kind": kind, "after": after, "limit": MOST, "seconds": SECONDS,
        "_fields": FIELDS[kind],
    }  # fmt: skip
    body, shop_at = client.stream("export", asked)
    return batch(lines(body), kind, after, shop_at)


def batch(
    rows: list[Payload], kind: str, after: int, shop_at: datetime | None
) -> Batch:
    if not rows or rows[0].get("luxebrain") != "begin" or rows[0].get("kind") != kind:
        raise ShopBrokenError("The plugin answers with something else.")
    items = [row for row in rows if "luxebrain" not in row]
    broken = [id_of(row) for row in rows if row.get("luxebrain") == "broken"]
    end = rows[-1] if rows[-1].get("luxebrain") == "end" else {}
    last = after
    for row in rows[1:]:
        if found := id_of(row):
            if found <= last:
                raise ShopSenselessError("The plugin lists things in no order.")
            last = found
    is_all = end.get("is_all") is True
    if last == after and not is_all:
        raise ShopBrokenError("The plugin's answer broke off.")
    total = as_number(rows[0].get("total"))
    return Batch(items, broken, last, is_all, total, shop_at)


def lines(body: bytes) -> list[Payload]:
    """Of a last one that broke off, nothing."""
    found = []
    for line in body.split(b"\n"):
        try:
            row: Any = json.loads(line, parse_constant=nothing, parse_float=finite)
        except (ValueError, RecursionError):
            break
        if not isinstance(row, dict):
            break
        found.append(row)
    return found
