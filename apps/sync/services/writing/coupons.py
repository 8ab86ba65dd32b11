"""A new coupon, as the shop will be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Required, TypedDict

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from apps.core.errors import InvalidInputError
from apps.shop.models import Coupon
from apps.sync.woo.changes import MARK, moment_text, money_text
from apps.sync.woo.client import Client, Payload
from apps.sync.woo.fields import as_moment, text

LONGEST_CODE = 100
MOST_EMAILS = 100
# Signs that WordPress would turn into entities or cut, so that the code is another.
FORBIDDEN = frozenset("<>&\"'\\%")


class CouponWish(TypedDict, total=False):
    """`amount` is percent or money, by `kind`; without `emails` everyone may use it."""

    code: Required[str]
    kind: Required[str]
    amount: Required[Decimal]
    expires_at: datetime | None
    usage_limit: int | None
    usage_limit_per_customer: int | None
    emails: Sequence[str]
    minimum_amount: Decimal | None


def values_for(wish: CouponWish, key: str, currency: str) -> dict[str, Any]:
    values: dict[str, Any] = {
        "code": clean_code(wish["code"]),
        "discount_type": wish["kind"],
        "amount": amount_text(wish, currency),
        "meta_data": [{"key": MARK, "value": key}],
    }
    if expires_at := wish.get("expires_at"):
        # Not `date_expires_gmt`, which WooCommerce lists but does not take.
        values["date_expires"] = f"{moment_text(expires_at)}Z"
    if (limit := wish.get("usage_limit")) is not None:
        values["usage_limit"] = positive(limit)
    if (limit := wish.get("usage_limit_per_customer")) is not None:
        values["usage_limit_per_user"] = positive(limit)
    if emails := wish.get("emails"):
        values["email_restrictions"] = clean_emails(emails)
    if (least := wish.get("minimum_amount")) is not None:
        values["minimum_amount"] = money_text(least, currency, "smallest cart")
    return values


def objection(values: Payload, at: datetime) -> str:
    """Why it is too late for this coupon; "" where it is not."""
    until = as_moment(values.get("date_expires"))
    return "The coupon would have expired already." if until and until <= at else ""


def clean_code(code: str) -> str:
    """WooCommerce compares and keeps codes in lower case."""
    clean = " ".join(code.split()).lower()
    if not clean or len(clean) > LONGEST_CODE:
        raise InvalidInputError(f"A code has 1 to {LONGEST_CODE} letters.")
    if not clean.isprintable() or FORBIDDEN & set(clean):
        raise InvalidInputError("A code has letters, digits, spaces, - and _ only.")
    return clean


def amount_text(wish: CouponWish, currency: str) -> str:
    kind, amount = wish["kind"], wish["amount"]
    if kind not in Coupon.Kind.values:
        raise InvalidInputError("There is no such kind of coupon.")
    text = money_text(amount, currency, "coupon's amount")
    if not amount:
        raise InvalidInputError("The coupon would be worth nothing.")
    if kind == Coupon.Kind.PERCENT and amount > 100:
        raise InvalidInputError("A coupon takes off 100 percent at most.")
    return text


def positive(limit: int) -> int:
    """0 would mean "no limit" to WooCommerce."""
    if isinstance(limit, bool) or limit < 1:
        raise InvalidInputError("A coupon can be used at least once.")
    return limit


def clean_emails(emails: Sequence[str]) -> list[str]:
    clean = sorted({email.strip().lower() for email in emails})
    if len(clean) > MOST_EMAILS:
        raise InvalidInputError(f"A coupon is for {MOST_EMAILS} people at most.")
    for email in clean:
        try:
            validate_email(email)
        except ValidationError as error:
            raise InvalidInputError("One of the addresses is no e-mail.") from error
    return clean


def find(client: Client, code: str) -> Payload | None:
    """The shop's coupon of this code, whoever made it."""
    found = client.get("coupons", code=code).rows
    return next((row for row in found if text(row, "code").lower() == code), None)
