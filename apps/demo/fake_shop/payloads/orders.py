from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from apps.demo.fake_shop.money import bare, number, text
from apps.demo.fake_shop.payloads.products import WRITES, links, meta, picture_url
from apps.demo.fake_shop.refunds import Refunds, total_of
from apps.demo.fake_shop.rows import (
    ADDRESS,
    RATE_OF,
    Address,
    Carriage,
    Fee,
    Json,
    Line,
    Order,
    Refund,
    Voucher,
)

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "AED": "د.إ", "JPY": "¥"}
WITHOUT_EMAIL = tuple(name for name in ADDRESS if name != "email")
NO_PICTURE = {"id": 0, "src": ""}
Taxed = Sequence[Any]


def order(shop: Refunds, row: Order, base: str, dp: int = 2) -> Json:
    created, created_gmt = shop.zone.both(row.created)
    changed, changed_gmt = shop.zone.both(row.modified)
    paid, paid_gmt = shop.zone.both(row.paid)
    completed, completed_gmt = shop.zone.both(row.completed)
    key = order_key(shop, row)
    made: Json = {
        "id": row.id, "parent_id": 0, "status": row.status, "currency": row.currency,
        "version": "10.5.0", "prices_include_tax": False,
        "date_created": created, "date_modified": changed,
    }  # fmt: skip
    made |= sums(row, dp)
    made |= {
        "customer_id": row.customer, "order_key": key,
        "billing": dict(zip(ADDRESS, row.billing, strict=True)),
        "shipping": shipping_address(row.shipping),
        "payment_method": row.method, "payment_method_title": row.method_title,
        "transaction_id": "", "customer_ip_address": "", "customer_user_agent": "",
        "created_via": row.via, "customer_note": row.note,
        "date_completed": completed, "date_paid": paid, "cart_hash": "",
        "number": str(row.id), "meta_data": attribution(row) + meta(row.meta),
        "line_items": [line(shop, one, base, dp) for one in row.lines],
        "tax_lines": tax_lines(row.tax_ids, row.lines, row.carriage, row.fees, dp=dp),
        "shipping_lines": [carriage(one, dp) for one in row.carriage],
        "fee_lines": [fee(one, dp) for one in row.fees],
        "coupon_lines": [voucher(one) for one in row.vouchers],
        "refunds": [
            {"id": pk, "reason": shop.refunds[pk].reason,
             "total": text(-shop.refunds[pk].amount, dp)}
            for pk in row.refunds
        ],
        "payment_url": f"{base}/checkout/order-pay/{row.id}/?pay_for_order=true&key={key}",
        "is_editable": row.status in ("pending", "on-hold", "auto-draft"),
        "needs_payment": row.status in ("pending", "failed") and total_of(row) > 0,
        "needs_processing": needs_processing(shop, row),
        "date_created_gmt": created_gmt, "date_modified_gmt": changed_gmt,
        "date_completed_gmt": completed_gmt, "date_paid_gmt": paid_gmt,
        "currency_symbol": SYMBOLS.get(row.currency, row.currency),
    }  # fmt: skip
    made["_links"] = order_links(row, base)
    return made


def order_links(row: Order, base: str) -> Json:
    here = f"{base}/wp-json/wc/v3/orders"
    made: Json = {
        "self": [{"href": f"{here}/{row.id}", "targetHints": {"allow": WRITES}}],
        "collection": [{"href": here}],
        "email_templates": [
            {"embeddable": True, "href": f"{here}/{row.id}/actions/email_templates"}
        ],
    }
    if row.customer:
        made["customer"] = [{"href": f"{base}/wp-json/wc/v3/customers/{row.customer}"}]
    return made


def sums(row: Order, dp: int) -> Json:
    goods: list[Line | Fee] = [*row.lines, *row.fees]
    line_tax = sum(tax[1] for one in goods for tax in one.taxes)
    carriage_tax = sum(tax[1] for one in row.carriage for tax in one.taxes)
    return {
        "discount_total": text(sum(one.discount for one in row.vouchers), dp),
        "discount_tax": text(saved_tax(row), dp),
        "shipping_total": text(sum(one.total for one in row.carriage), dp),
        "shipping_tax": text(carriage_tax, dp), "cart_tax": text(line_tax, dp),
        "total": text(total_of(row), dp), "total_tax": text(line_tax + carriage_tax, dp),
    }  # fmt: skip


def saved_tax(row: Order) -> int:
    """Of the whole, not of the rounded lines: a cent off the coupon lines' own sum."""
    if not row.vouchers:
        return 0
    return round(
        sum(
            (one.subtotal - one.total) * float(RATE_OF[tax[0]].percent) / 100
            for one in row.lines for tax in one.taxes
        )
    )  # fmt: skip


def shipping_address(values: Address) -> Json:
    return dict(zip(WITHOUT_EMAIL, (*values[:9], values[10]), strict=True))


def order_key(shop: Refunds, row: Order) -> str:
    seed = f"{shop.seed}:{row.id}".encode()
    return f"wc_order_{hashlib.md5(seed, usedforsecurity=False).hexdigest()[:13]}"


def attribution(row: Order) -> list[Json]:
    if not row.source:
        return []
    first = row.id * 4
    return [
        {"id": first, "key": "_wc_order_attribution_source_type", "value": "utm"},
        {
            "id": first + 1,
            "key": "_wc_order_attribution_utm_source",
            "value": row.source,
        },
    ]


def needs_processing(shop: Refunds, row: Order) -> bool:
    rows = (shop.product(one.variation or one.product) for one in row.lines)
    return any(one and not (one.is_virtual and one.is_downloadable) for one in rows)


def line(shop: Refunds, one: Line, base: str, dp: int) -> Json:
    row = shop.product(one.variation or one.product)
    tax = sum(part[1] for part in one.taxes)
    before = sum(part[2] for part in one.taxes)
    return {
        "id": one.id, "name": one.name, "product_id": one.product,
        "variation_id": one.variation, "quantity": one.quantity,
        "tax_class": one.tax_class, "subtotal": text(one.subtotal, dp),
        "subtotal_tax": text(before, dp), "total": text(one.total, dp),
        "total_tax": text(tax, dp),
        "taxes": [
            {"id": rate, "total": text(total, dp), "subtotal": text(subtotal, dp)}
            for rate, total, subtotal in one.taxes
        ],
        "meta_data": line_meta(one), "sku": row.sku if row else None,
        "global_unique_id": (row.extra or {}).get("global_unique_id", "") if row else None,
        "price": number(one.total, one.quantity) if one.quantity else 0,
        "image": line_picture(shop, one, base), "parent_name": one.parent_name,
    }  # fmt: skip


def line_picture(shop: Refunds, one: Line, base: str) -> Json:
    """A text for a product, a number for a variation, "" or 0 where there is none."""
    row = shop.product(one.variation or one.product)
    if row is None:
        return NO_PICTURE
    if one.variation:
        parent = shop.products.get(row.parent)
        images = row.images or (parent.images if parent else ())
        found = images[0] if images else None
        return (
            {"id": found[0], "src": picture_url(base, found[1])}
            if found
            else NO_PICTURE
        )
    if not row.images:
        return {"id": "", "src": ""}
    pk, name = row.images[0]
    return {"id": str(pk), "src": picture_url(base, name)}


def line_meta(one: Line) -> list[Json]:
    first = one.id * 8
    made = [
        {"id": first + at, "key": key, "value": shown.lower() if key.startswith("pa_") else shown,
         "display_key": title, "display_value": shown}
        for at, (key, title, shown) in enumerate(one.options)
    ]  # fmt: skip
    for key, value in (
        ("_reduced_stock", one.reduced),
        ("_refunded_item_id", one.of_line),
    ):
        if value:
            made.append(
                {"id": first + len(made), "key": key, "value": str(value),
                 "display_key": key, "display_value": str(value)}
            )  # fmt: skip
    return made


def tax_lines(ids: Taxed, lines: Taxed, carriages: Taxed, fees: Taxed = (), *, dp: int) -> list[Json]:  # fmt: skip
    made = []
    for rate_id, pk in ids:
        rate = RATE_OF[rate_id]
        goods = sum(
            t[1] for one in (*lines, *fees) for t in one.taxes if t[0] == rate_id
        )
        sent = sum(t[1] for one in carriages for t in one.taxes if t[0] == rate_id)
        percent = float(rate.percent)
        made.append({
            "id": pk, "rate_code": rate.code, "rate_id": rate_id, "label": rate.label,
            "compound": False, "tax_total": text(goods, dp),
            "shipping_tax_total": text(sent, dp),
            "rate_percent": int(percent) if percent == int(percent) else percent,
            "meta_data": [],
        })  # fmt: skip
    return made


def extra_taxes(taxes: Taxed, dp: int) -> list[Json]:
    return [{"id": t[0], "total": text(t[1], dp), "subtotal": ""} for t in taxes]


def carriage(one: Carriage, dp: int) -> Json:
    entries: list[Json] = []
    if one.of_line:
        value = str(one.of_line)
        entries = [{"id": one.id * 8, "key": "_refunded_item_id", "value": value,
                    "display_key": "_refunded_item_id", "display_value": value}]  # fmt: skip
    return {
        "id": one.id, "method_title": one.title, "method_id": one.method,
        "instance_id": one.instance, "total": text(one.total, dp),
        "total_tax": text(sum(t[1] for t in one.taxes), dp),
        "taxes": extra_taxes(one.taxes, dp), "tax_status": "taxable",
        "meta_data": entries,
    }  # fmt: skip


def fee(one: Fee, dp: int) -> Json:
    return {
        "id": one.id, "name": one.name, "tax_class": "", "tax_status": "taxable",
        "amount": "", "total": text(one.total, dp),
        "total_tax": text(sum(t[1] for t in one.taxes), dp),
        "taxes": extra_taxes(one.taxes, dp), "meta_data": [],
    }  # fmt: skip


def voucher(one: Voucher) -> Json:
    nominal = number(one.nominal)
    kind = None if one.discount_type == "fixed_cart" else one.discount_type
    info = json.dumps([one.coupon, one.code, kind, nominal], separators=(",", ":"))
    return {
        "id": one.id, "code": one.code, "discount": bare(one.discount),
        "discount_tax": bare(one.tax),
        "meta_data": [
            {"id": one.id * 8, "key": "coupon_info", "value": info,
             "display_key": "coupon_info", "display_value": info}
        ],
        "discount_type": one.discount_type, "nominal_amount": nominal,
        "free_shipping": False,
    }  # fmt: skip


def refund(shop: Refunds, row: Refund, base: str, dp: int = 2, *, has_parent: bool = False) -> Json:  # fmt: skip
    """Positive `amount`, negative lines; /refunds adds the order's id."""
    created, created_gmt = shop.zone.both(row.created)
    made: Json = {"id": row.id}
    if has_parent:
        made["parent_id"] = row.order
    made |= {
        "date_created": created, "date_created_gmt": created_gmt,
        "amount": text(row.amount, dp), "reason": row.reason, "refunded_by": 1,
        "refunded_payment": False,
        "meta_data": [{"id": row.id * 4, "key": "_refund_type", "value": row.kind}],
        "line_items": [line(shop, one, base, dp) for one in row.lines],
        "shipping_lines": [carriage(one, dp) for one in row.carriage],
        "tax_lines": tax_lines(row.tax_ids, row.lines, row.carriage, dp=dp),
        "fee_lines": [],
        "_links": links(base, f"orders/{row.order}/refunds", row.id,
                        f"orders/{row.order}", ["GET", "DELETE"]),
    }  # fmt: skip
    return made
