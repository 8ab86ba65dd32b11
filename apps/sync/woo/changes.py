"""What a shop is told, where, and what it must say afterwards. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from apps.core.errors import InvalidInputError
from apps.core.money import cent
from apps.sync.woo.fields import as_moment, as_money, each

Payload = Mapping[str, Any]
# WooCommerce answers 413 to more.
MOST_IN_BATCH = 100
# What tells our own coupon from one of the same code that somebody else made.
MARK = "_luxebrain_write"
NOTE = "_luxebrain_stock_note"
PRICE_FIELDS = (
    "regular_price", "sale_price", "date_on_sale_from_gmt", "date_on_sale_to_gmt",
)  # fmt: skip
LARGEST = Decimal(10) ** 9


def products_path(parent_woo_id: int | None) -> str:
    """Variations are listed and written below their product only."""
    return f"products/{parent_woo_id}/variations" if parent_woo_id else "products"


def money_text(amount: Decimal, currency: str, name: str) -> str:
    """As WooCommerce wants it: "14.50" as text; a number is a 400, "14,50" becomes ""."""
    if not amount.is_finite():
        raise InvalidInputError(f"The {name} is not a number.")
    if amount < 0:
        raise InvalidInputError(f"The {name} is negative.")
    if amount >= LARGEST:
        raise InvalidInputError(f"The {name} is too large.")
    smallest = cent(currency)
    if amount % smallest:
        raise InvalidInputError(f"The {name} is finer than {smallest} {currency}.")
    return f"{amount.quantize(smallest):f}"


def moment_text(at: datetime) -> str:
    """UTC in whole seconds, as the fields that end in _gmt hold it."""
    if at.tzinfo is None:
        raise InvalidInputError("The moment has no time zone.")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def amount_of(value: Any) -> Decimal | None:
    """None is "no price", which is neither a price of 0 nor nonsense: that is NaN, like
    no other amount."""
    if value is None or value == "":
        return None
    found = as_money(value)
    return Decimal("NaN") if found is None else found


def price_fields(payload: Payload) -> dict[str, Any]:
    return {name: payload.get(name) for name in PRICE_FIELDS}


def price_from(fields: Payload, at: datetime) -> dict[str, Any]:
    """What brings a price back to what `price_fields` said; an ended sale stays over."""
    until = as_moment(fields.get("date_on_sale_to_gmt"))
    is_over = until is not None and until <= at
    sale = "" if is_over else fields.get("sale_price") or ""
    since = None if is_over else fields.get("date_on_sale_from_gmt")
    return {
        "regular_price": fields.get("regular_price") or "",
        "sale_price": sale,
        **bound("from", since),
        **bound("to", None if is_over else fields.get("date_on_sale_to_gmt")),
    }


def bound(side: str, text: str | None) -> dict[str, str]:
    """A bound is set by its _gmt field; WooCommerce clears it by an empty local one."""
    if text:
        return {f"date_on_sale_{side}_gmt": text}
    return {f"date_on_sale_{side}": ""}


def meta(payload: Payload, key: str) -> Any:
    found = [row for row in each(payload, "meta_data") if row.get("key") == key]
    return found[0].get("value") if found else None


def differences(values: Payload, payload: Payload, at: datetime) -> list[str]:
    """Names of the fields in which the shop does not say what was asked."""
    return [
        name
        for name, wanted in values.items()
        if not EQUAL.get(name, is_text_equal)(name, wanted, payload, at)
    ]


def is_text_equal(name: str, wanted: Any, payload: Payload, at: datetime) -> bool:
    return bool(payload.get(name) == wanted)


def is_amount_equal(name: str, wanted: Any, payload: Payload, at: datetime) -> bool:
    """The shop pads: "15" comes back as "15.00"."""
    return amount_of(payload.get(name)) == amount_of(wanted)


def is_moment_equal(name: str, wanted: Any, payload: Payload, at: datetime) -> bool:
    return as_moment(payload.get(name)) == as_moment(wanted)


def is_start_equal(name: str, wanted: Any, payload: Payload, at: datetime) -> bool:
    """WooCommerce takes the start off a sale once it has begun."""
    said, asked = as_moment(payload.get(name)), as_moment(wanted)
    return said == asked or (said is None and asked is not None and asked <= at)


def is_bound_cleared(name: str, wanted: Any, payload: Payload, at: datetime) -> bool:
    return not payload.get(f"{name}_gmt")


def is_expiry_equal(name: str, wanted: Any, payload: Payload, at: datetime) -> bool:
    """Asked as a local field with Z, since WooCommerce ignores `date_expires_gmt`."""
    return as_moment(payload.get("date_expires_gmt")) == as_moment(wanted)


def are_emails_equal(name: str, wanted: Any, payload: Payload, at: datetime) -> bool:
    said = payload.get(name)
    emails = said if isinstance(said, list) else []
    return sorted(str(email).lower() for email in emails) == sorted(wanted)


def is_meta_equal(name: str, wanted: Any, payload: Payload, at: datetime) -> bool:
    return all(meta(payload, row["key"]) == row["value"] for row in wanted)


EQUAL: dict[str, Callable[[str, Any, Payload, datetime], bool]] = {
    "regular_price": is_amount_equal,
    "sale_price": is_amount_equal,
    "amount": is_amount_equal,
    "minimum_amount": is_amount_equal,
    "date_on_sale_from_gmt": is_start_equal,
    "date_on_sale_to_gmt": is_moment_equal,
    "date_on_sale_from": is_bound_cleared,
    "date_on_sale_to": is_bound_cleared,
    "date_expires": is_expiry_equal,
    "email_restrictions": are_emails_equal,
    "meta_data": is_meta_equal,
}
