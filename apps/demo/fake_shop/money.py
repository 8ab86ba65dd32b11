"""Amounts are whole millionths: WooCommerce keeps "14.123456" and rounds only sums."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

ONE = 1_000_000
CENT = 10_000


def is_amount(text: str) -> bool:
    try:
        return Decimal(text).is_finite() if text.strip() else False
    except InvalidOperation:
        return False


def micro(text: str | float | Decimal) -> int:
    """0 for an empty text: a product without a price sells for nothing."""
    if text == "":
        return 0
    return int((Decimal(str(text)) * ONE).to_integral_value(ROUND_HALF_UP))


def cents(amount: int) -> int:
    """Rounded to cents, half away from zero, as PHP's round does."""
    size = (abs(amount) + CENT // 2) // CENT * CENT
    return -size if amount < 0 else size


def text(amount: int, places: int = 2) -> str:
    unit = 10 ** (6 - places) if places < 6 else 1
    whole = (abs(amount) + unit // 2) // unit
    sign = "-" if amount < 0 and whole else ""
    if places == 0:
        return f"{sign}{whole}"
    base: int = 10 ** min(places, 6)
    return f"{sign}{whole // base}.{whole % base:0{min(places, 6)}d}"


def bare(amount: int) -> str:
    """Without padding: a coupon line says "12.6", and nobody knows why."""
    return text(amount, 2).rstrip("0").rstrip(".") or "0"


def number(amount: int, pieces: int = 1) -> int | float:
    """A JSON number: 18, but 16.2."""
    value = amount / ONE / pieces if pieces else 0.0
    return int(value) if value == int(value) else value


def share(amount: int, percent: str) -> int:
    """Rounded per line and rate, the order in which WooCommerce rounds."""
    return cents(int((Decimal(amount) * Decimal(percent) / 100).to_integral_value()))
