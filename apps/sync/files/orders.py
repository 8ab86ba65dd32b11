"""Files of orders: a row for each line, what concerns the whole order repeated on each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.sync.files import cells as c
from apps.sync.files.cells import RefusedError, Shop
from apps.sync.files.columns import Column, is_blank, values_of, words
from apps.sync.files.records import Record, Refusal

REQUIRED = (("id",), ("placed_at",), ("total",))
EXTRA = (
    ("discount_total", "Taken off, by coupons too."),
    ("shipping_total", "Shipping without tax."),
    ("tax_total", "All tax in the total."),
    ("fee_total", "Fees without tax."),
)

ORDER = (
    Column(
        "id", "id", c.identifier, "9001",
        "The order's number inside your shop, on each of its rows. The rows of an order "
        "stand together.",
        is_required=True,
    ),
    words("number", 60, "2026-9001", "What the customer was told. Left empty: the id."),
    words(
        "status", 40, "completed",
        "pending, processing, on-hold, completed, cancelled, refunded, failed. "
        "Left empty: completed.",
    ),
    Column(
        "placed_at", "moment", c.moment, "2026-05-30T18:20:00", "When it was placed.",
        is_required=True,
    ),
    Column("paid_at", "moment", c.moment, "2026-05-30T18:21:00", "When it was paid."),
    Column("completed_at", "moment", c.moment, "2026-06-01", "When it was sent out."),
    Column("currency", "currency", c.currency, "EUR", "Must be the shop's own."),
    Column(
        "total", "amount", c.money, "104.80",
        "What the customer paid, tax and shipping included.", is_required=True,
    ),
    *(
        Column(name, "amount", c.money, "5.00", about, empty=0)
        for name, about in EXTRA
    ),
    Column("coupon_codes", "names", c.names, "SUMMER10", "Separated by |.", empty=[]),
    words("payment_method", 60, "card", "How it was paid."),
    words("created_via", 60, "checkout", "Where it was placed."),
    Column(
        "attribution", "JSON", c.mapping, '{"source": "instagram"}',
        "What brought the customer.", empty={},
    ),
    Column(
        "refunds", "JSON", c.listing,
        '[{"id": 9501, "amount": "49.90", "refunded_at": "2026-06-05"}]',
        "All refunds of the order: id, amount, refunded_at; perhaps extras_total, reason and "
        "lines (line_id, quantity, total, tax).",
        empty=[],
    ),
    Column(
        "created_at", "moment", c.moment, "2026-05-30T18:20:00",
        "When it came into the shop.", field="source_created_at",
    ),
    Column(
        "modified_at", "moment", c.moment, "2026-06-05T09:00:00+02:00",
        "When it last changed. What is older than what is known changes nothing.",
    ),
)  # fmt: skip

BUYER = (
    Column(
        "customer_id", "id", c.optional_identifier, "501",
        "The customer's number. If it is not known here, the e-mail address counts.",
    ),
    Column("email", "e-mail", c.email, "ada@mail.example", "A guest is known by it.", empty=""),
    words("first_name", 100, "Ada", "Of a guest who is new."),
    words("last_name", 100, "Moreau", "Of a guest who is new."),
    words("phone", 40, "+49 30 1234567", "Of a guest who is new."),
    words("ship_country", 2, "DE", "Two letters.", field="country"),
    words("ship_region", 100, "Berlin", "State or province.", field="region"),
    words("ship_city", 100, "Berlin", "City.", field="city"),
    words("ship_postcode", 20, "10115", "Postcode.", field="postcode"),
)  # fmt: skip

LINE = (
    Column(
        "line_id", "id", c.optional_identifier, "70011",
        "The line's number. Without it, lines are told apart by their place.", field="id",
    ),
    Column(
        "product_id", "id", c.optional_identifier, "101",
        "The product's id. One that is not known here keeps the line as text.",
    ),
    Column("variant_id", "id", c.optional_identifier, "1011", "The variant's id."),
    words("line_name", 400, "Linen wrap dress", "What was bought.", field="name"),
    words(
        "line_sku", 100, "DRS-014-M",
        "Its article number. Finds the product if the file has no product_id and no "
        "variant_id.",
        field="sku",
    ),
    Column(
        "line_quantity", "whole number", c.count, "2", "Pieces. Needed on a line.",
        field="quantity",
    ),
    Column(
        "line_subtotal", "amount", c.money, "99.80",
        "Of all pieces, without tax, before discounts. Left empty: the line's total.",
        field="subtotal",
    ),
    Column(
        "line_total", "amount", c.money, "99.80",
        "Of all pieces, without tax, after discounts. Needed on a line.", field="total",
    ),
    Column("line_tax", "amount", c.money, "18.96", "Its tax.", field="tax", empty=0),
    Column(
        "unit_cost", "amount", c.money, "18.00",
        "What one piece cost you then. Without this column: what it costs now.",
    ),
)  # fmt: skip

COLUMNS = (*ORDER, *BUYER, *LINE)
# An open checkout page in WooCommerce.
DRAFTS = ("checkout-draft", "auto-draft")
PLACE = ("country", "region", "city", "postcode")

REFUND = (
    Column("id", "id", c.identifier, "9501", "", is_required=True),
    Column("amount", "amount", c.positive_money, "49.90", "", is_required=True),
    Column("refunded_at", "moment", c.moment, "2026-06-05", "", is_required=True),
    Column("extras_total", "amount", c.positive_money, "0.00", "", empty=0),
    words("reason", 400, "", ""),
)
REFUND_LINE = (
    Column("id", "id", c.optional_identifier, "", ""),
    Column("line_id", "id", c.optional_identifier, "", ""),
    Column("line", "whole number", c.count, "", ""),
    Column("quantity", "whole number", c.count, "", "", empty=0),
    Column("total", "amount", c.positive_money, "", "", is_required=True),
    Column("tax", "amount", c.positive_money, "", "", empty=0),
)


@dataclass
class LineRow:
    """`product_id`, `variant_id` and `sku` find what was sold; `values` are the line's."""

    id: int | None
    product_id: int | None
    variant_id: int | None
    values: dict[str, Any]


@dataclass
class RefundRow:
    """Lines as (own id, the order line's id or its place, values)."""

    id: int
    values: dict[str, Any]
    lines: list[tuple[int | None, int | None, int | None, dict[str, Any]]]


@dataclass
class OrderRows:
    """None: the file says nothing of it, and nothing of it is changed."""

    id: int
    modified_at: datetime | None
    values: dict[str, Any]
    defaults: dict[str, Any]
    customer_id: int | None
    # None where the file has no column about the buyer.
    buyer: dict[str, Any] | None
    place: dict[str, str] | None
    lines: list[LineRow] | None
    finds_by_sku: bool
    refunds: list[RefundRow] | None


def parse(
    records: Sequence[Record], shop: Shop
) -> tuple[OrderRows | None, list[Refusal]]:
    """An order of its rows: all of it or nothing, for half an order would be wrong."""
    lines: list[LineRow] | None = None
    record = records[0]
    try:
        order = read_head(record, shop)
        for record in records:
            if any(column.name in record.cells for column in LINE):
                lines = lines or []
                if not is_blank(LINE, record.cells):
                    lines.append(read_line(record, shop))
        check_lines(lines or [])
    except RefusedError as error:
        others = f"Line {record.line} of the same order was refused."
        return None, [
            Refusal(each, error.column, error.reason)
            if each is record
            else Refusal(each, "", others)
            for each in records
        ]
    order.lines = lines
    return order, []


def read_head(record: Record, shop: Shop) -> OrderRows:
    values = values_of(ORDER, record.cells, shop)
    woo_id, refunds = values.pop("id"), values.pop("refunds", None)
    for name in ("number", "status", "currency"):
        if not values.get(name, "given"):
            del values[name]
    if values.get("status") in DRAFTS:
        raise RefusedError("An open checkout is no order yet.", "status")
    buyer = values_of(BUYER, record.cells, shop)
    has_place = any(name in buyer for name in PLACE)
    place = {name: buyer.pop(name, "") for name in PLACE}
    place["country"] = place["country"].strip().upper()
    return OrderRows(
        id=woo_id,
        modified_at=values.pop("modified_at", None),
        values=values,
        defaults={
            "number": str(woo_id),
            "status": "completed",
            "currency": shop.currency,
        },
        customer_id=buyer.pop("customer_id", None),
        buyer=buyer if {"customer_id", "email"} & set(record.cells) else None,
        place=place if has_place else None,
        lines=None,
        finds_by_sku=not {"product_id", "variant_id"} & set(record.cells),
        refunds=None if refunds is None else [read_refund(r, shop) for r in refunds],
    )


def read_line(record: Record, shop: Shop) -> LineRow:
    values = values_of(LINE, record.cells, shop)
    for name, column in (("quantity", "line_quantity"), ("total", "line_total")):
        if values.get(name) is None:
            raise RefusedError("A line needs it, and it is empty.", column)
    if values.get("subtotal") is None:
        values["subtotal"] = values["total"]
    line = LineRow(
        values.pop("id", None),
        values.pop("product_id", None),
        values.pop("variant_id", None),
        values,
    )
    values.setdefault("name", "")
    return line


def check_lines(lines: Sequence[LineRow]) -> None:
    ids = [line.id for line in lines if line.id is not None]
    if len(set(ids)) < len(ids):
        raise RefusedError("Two lines of the order have the same number.", "line_id")


def read_refund(given: Any, shop: Shop) -> RefundRow:
    try:
        if not isinstance(given, dict) or not isinstance(given.get("lines", []), list):
            raise RefusedError("A refund is an object with id, amount, refunded_at.")
        cells = {column.name: None for column in REFUND} | given
        values = values_of(REFUND, cells, shop)
        lines = [read_refund_line(line, shop) for line in given.get("lines", [])]
    except RefusedError as error:
        said = f"{error.column}: {error.reason}" if error.column else error.reason
        raise RefusedError(said, "refunds") from error
    return RefundRow(values.pop("id"), values, lines)


def read_refund_line(
    given: Any, shop: Shop
) -> tuple[int | None, int | None, int | None, dict[str, Any]]:
    if not isinstance(given, dict):
        raise RefusedError("A line of a refund is an object.")
    cells = {column.name: None for column in REFUND_LINE} | given
    values = values_of(REFUND_LINE, cells, shop)
    if values["quantity"] < 0:
        raise RefusedError("Pieces that came back are counted from zero.")
    return values.pop("id"), values.pop("line_id"), values.pop("line"), values
