"""Values as people read them: money, moments, shares."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format

from apps.core.money import MINOR_UNITS, round_money

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "TRY": "₺"}
NOTHING = "\N{EN DASH}"


def money(amount: Decimal | float | None, currency: str) -> str:
    """€1,234.50; KWD 1.250 where a currency has no sign of its own."""
    if amount is None:
        return NOTHING
    digits = MINOR_UNITS.get(currency, 2)
    rounded = round_money(Decimal(amount), currency)
    sign = "\N{MINUS SIGN}" if rounded < 0 else ""
    mark = SYMBOLS.get(currency) or f"{currency}\u00a0"
    return f"{sign}{mark}{abs(rounded):,.{digits}f}"


def short_money(amount: Decimal, currency: str) -> str:
    """Without cents, for axes and small places: €12.3k."""
    mark = SYMBOLS.get(currency) or f"{currency}\u00a0"
    size = abs(amount)
    if size >= 1_000_000:
        return f"{mark}{amount / 1_000_000:,.1f}m"
    if size >= 10_000:
        return f"{mark}{amount / 1_000:,.0f}k"
    if size >= 1_000:
        return f"{mark}{amount / 1_000:,.1f}k"
    return f"{mark}{amount:,.0f}"


def moment(at: datetime | None) -> str:
    """In the store's time zone, which every page of the admin activates."""
    return date_format(timezone.localtime(at), "j M Y, H:i") if at else NOTHING


def day(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), "j M Y") if at else NOTHING


def share(part: Decimal | float | int, whole: Decimal | float | int) -> str:
    if not whole:
        return NOTHING
    return f"{Decimal(part) / Decimal(whole) * 100:.1f} %"
