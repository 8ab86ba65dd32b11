"""Read orders, refunds and coupons. Pure: no database, no clock."""

from __future__ import annotations

from apps.sync.woo.decode import storable
from apps.sync.woo.fields import (
    Payload,
    UnreadableError,
    amount,
    changed,
    each,
    meta,
    moment,
    money,
    number,
    text,
    total,
    whole,
    woo_id,
)
from apps.sync.woo.read_people import person
from apps.sync.woo.things import (
    Line,
    Parsed,
    ParsedOrder,
    ParsedRefund,
)

ATTRIBUTION = "_wc_order_attribution_"


def coupon(payload: Payload) -> Parsed:
    status = text(payload, "status") or "publish"
    minimum = money(payload, "minimum_amount")
    values = {
        "code": text(payload, "code"),
        "kind": text(payload, "discount_type"),
        "amount": amount(payload, "amount"),
        "usage_limit": positive(payload, "usage_limit"),
        "usage_limit_per_customer": positive(payload, "usage_limit_per_user"),
        "usage_count": max(0, whole(payload, "usage_count") or 0),
        "minimum_amount": minimum or None,
        "expires_at": moment(payload, "date_expires"),
        "source_created_at": moment(payload, "date_created"),
    }
    return Parsed(
        woo_id(payload),
        changed(payload),
        values,
        is_live=status != "trash",
    )


def positive(payload: Payload, name: str) -> int | None:
    """WooCommerce writes "no limit" as null or 0."""
    found = whole(payload, name)
    return found if found and found > 0 else None


def order(payload: Payload) -> ParsedOrder:
    number_in_shop, status = woo_id(payload), text(payload, "status")
    placed_at = moment(payload, "date_created")
    if not status:
        raise UnreadableError("an order without a status")
    values = {
        "number": text(payload, "number") or str(number_in_shop),
        "status": status,
        "currency": text(payload, "currency").upper(),
        "total": amount(payload, "total"),
        "discount_total": amount(payload, "discount_total"),
        "shipping_total": amount(payload, "shipping_total"),
        "tax_total": amount(payload, "total_tax"),
        "fee_total": total(amount(fee, "total") for fee in each(payload, "fee_lines")),
        "coupon_codes": [
            text(line, "code").lower() for line in each(payload, "coupon_lines")
        ],
        "payment_method": text(payload, "payment_method"),
        "created_via": text(payload, "created_via"),
        "attribution": attribution(payload),
        "source_created_at": placed_at,
        "placed_at": placed_at or changed(payload),
        "paid_at": moment(payload, "date_paid"),
        "completed_at": moment(payload, "date_completed"),
    }
    return ParsedOrder(
        number_in_shop,
        changed(payload),
        values,
        is_live=status != "trash",
        lines=[order_line(line) for line in each(payload, "line_items")],
        person=person(payload),
        refund_ids=[number(refund, "id") for refund in each(payload, "refunds")],
    )


def order_line(line: Payload) -> Line:
    values = {
        "name": text(line, "name"),
        "sku": text(line, "sku"),
        "quantity": whole(line, "quantity") or 0,
        "subtotal": amount(line, "subtotal"),
        "total": amount(line, "total"),
        "tax": amount(line, "total_tax"),
    }
    return Line(
        number(line, "id"),
        values,
        product_id=number(line, "product_id"),
        variation_id=number(line, "variation_id"),
    )


def attribution(payload: Payload) -> dict[str, str]:
    """{"source": "google", "medium": "cpc", "type": "utm", ...}"""
    found = {}
    for key, value in meta(payload).items():
        if key.startswith(ATTRIBUTION) and isinstance(value, str | int | float):
            name = key.removeprefix(ATTRIBUTION).removeprefix("utm_")
            short = {"source_type": "type", "device_type": "device"}.get(name, name)
            if short in ("source", "medium", "campaign", "type", "device"):
                found[short] = storable(str(value))[:200]
    return found


def refund(payload: Payload) -> ParsedRefund:
    """Positive, though the shop writes its lines as negative; the order is the parent."""
    refunded_at = changed(payload)
    extras = [*each(payload, "shipping_lines"), *each(payload, "fee_lines")]
    values = {
        "amount": abs(amount(payload, "amount")),
        "extras_total": total(
            abs(amount(e, "total")) + abs(amount(e, "total_tax")) for e in extras
        ),
        "reason": text(payload, "reason"),
        "refunded_at": refunded_at,
        "source_created_at": refunded_at,
    }
    return ParsedRefund(
        woo_id(payload),
        refunded_at,
        values,
        parent_id=number(payload, "parent_id"),
        lines=[refund_line(line) for line in each(payload, "line_items")],
    )


def refund_line(line: Payload) -> Line:
    values = {
        "quantity": abs(whole(line, "quantity") or 0),
        "total": abs(amount(line, "total")),
        "tax": abs(amount(line, "total_tax")),
    }
    back = meta(line).get("_refunded_item_id")
    return Line(number(line, "id"), values, line_id=number({"id": back}, "id"))
