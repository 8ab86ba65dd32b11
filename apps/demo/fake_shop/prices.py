"""The silent rules of price and stock fields: much is accepted, and read back changed."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from apps.demo.fake_shop.moments import Zone
from apps.demo.fake_shop.money import is_amount
from apps.demo.fake_shop.rows import Product

BARE_DATE = re.compile(r"^\d{4}-\d\d-\d\d$")


def write(row: Product, fields: dict[str, Any], zone: Zone) -> None:
    if row.type in ("variable", "grouped"):
        return  # a parent takes no price of its own, and does not say so
    if "regular_price" in fields:
        row.regular = clean(fields["regular_price"])
    if "sale_price" in fields:
        row.sale = clean(fields["sale_price"])
    for end, name in (("from", "sale_from"), ("to", "sale_to")):
        for suffix in ("", "_gmt"):
            key = f"date_on_sale_{end}{suffix}"
            if key in fields:
                setattr(row, name, moment(fields[key], zone, is_gmt=bool(suffix)))
    if row.sale and (not row.regular or Decimal(row.sale) >= Decimal(row.regular)):
        row.sale = ""


def clean(value: Any) -> str:
    """ "14,50" is no number and becomes nothing; a negative one is kept."""
    text = "" if value is None else str(value).strip()
    return text if is_amount(text) else ""


def moment(value: Any, zone: Zone, *, is_gmt: bool) -> int | None:
    if not value:
        return None
    text = f"{value}T00:00:00" if BARE_DATE.match(str(value)) else str(value)
    return zone.parse(text, is_gmt=is_gmt)


def write_stock(row: Product, fields: dict[str, Any]) -> None:
    if "stock" in fields:  # the short form of the Python verbs
        fields = {
            "manage_stock": fields["stock"] is not None,
            "stock_quantity": fields["stock"], **fields,
        }  # fmt: skip
    if "manage_stock" in fields:
        row.is_managed = fields["manage_stock"] is True
    if fields.get("stock_quantity") is not None and row.is_managed:
        row.stock = int(fields["stock_quantity"])
    if row.is_managed:
        row.stock = row.stock or 0
        row.stock_status = "instock" if row.stock > 0 else "outofstock"
    else:
        row.stock = None
        row.stock_status = fields.get("stock_status", row.stock_status)


def settle(row: Product, family: list[Product], now: int) -> None:
    """The price as it is saved: a parent's is its cheapest member's."""
    if row.type in ("variable", "grouped"):
        priced = [one.price for one in family if one.price]
        row.price = min(priced, key=Decimal) if priced else ""
        if row.type == "variable" and not row.is_managed:
            sold_out = all(one.stock_status == "outofstock" for one in family)
            row.stock_status = "outofstock" if family and sold_out else "instock"
    else:
        row.price = row.sale if is_on_sale(row, [], now) else row.regular


def is_on_sale(row: Product, family: list[Product], now: int) -> bool:
    if row.type in ("variable", "grouped"):
        return any(is_on_sale(one, [], now) for one in family)
    began = row.sale_from is None or row.sale_from <= now
    ended = row.sale_to is not None and row.sale_to < now
    return bool(row.sale) and began and not ended
