"""Files of customers: a row for each person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.sync.files import cells as c
from apps.sync.files.cells import RefusedError, Shop
from apps.sync.files.columns import Column, values_of, words
from apps.sync.files.records import Record, Refusal

REQUIRED = (("id", "email"),)
COLUMNS = (
    Column(
        "id", "id", c.optional_identifier, "501",
        "The customer's number in your shop; empty for a guest, who is known by e-mail.",
    ),
    Column(
        "email", "e-mail", c.email, "ada@mail.example",
        "Needed where there is no id. Capital letters make no difference.", empty="",
    ),
    words("first_name", 100, "Ada", "First name."),
    words("last_name", 100, "Moreau", "Family name."),
    words("phone", 40, "+49 30 1234567", "With the country's code."),
    words("language", 10, "de", "The language to write in."),
    Column(
        "is_guest", "yes or no", c.truth, "no",
        "Bought without an account. Without this column: yes where there is no id.",
    ),
    words("acquisition_channel", 60, "instagram", "How they found the shop."),
    Column("extra", "JSON", c.mapping, '{"loyalty": "gold"}', "Anything else.", empty={}),
    Column(
        "created_at", "moment", c.moment, "2025-11-02T10:15:00", "Customer since.",
        field="source_created_at",
    ),
    Column(
        "modified_at", "moment", c.moment, "2026-05-31T14:05:00+02:00",
        "When it last changed. What is older than what is known changes nothing.",
    ),
)  # fmt: skip


@dataclass
class CustomerRow:
    """`id` None: a guest, known by the e-mail address."""

    id: int | None
    email: str
    modified_at: datetime | None
    values: dict[str, Any]


def parse(
    records: Sequence[Record], shop: Shop
) -> tuple[CustomerRow | None, list[Refusal]]:
    record = records[0]
    try:
        return read(record, shop), []
    except RefusedError as error:
        return None, [Refusal(record, error.column, error.reason)]


def read(record: Record, shop: Shop) -> CustomerRow:
    values = values_of(COLUMNS, record.cells, shop)
    woo_id, email = values.pop("id", None), values.get("email", "")
    if woo_id is None and not email:
        raise RefusedError("A customer needs an id or an e-mail address.", "email")
    if values.get("is_guest", ...) is None:
        del values["is_guest"]
    return CustomerRow(woo_id, email, values.pop("modified_at", None), values)
