"""Amounts that add up: rounding by currency and splitting to the last cent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from django.db import models

# ISO 4217 minor units, where they are not two.
# https://www.six-group.com/en/products-services/financial-information/data-standards.html
MINOR_UNITS = {
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0,
    "PYG": 0, "RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0,
    "XPF": 0,
}  # fmt: skip


class MoneyField(models.DecimalField):  # type: ignore[type-arg]
    """An amount in the row's currency. Four places hold every ISO currency's cents."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max_digits", 16)
        kwargs.setdefault("decimal_places", 4)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


def cent(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01 for EUR, 1 for JPY, 0.001 for KWD."""
    return Decimal(1).scaleb(-MINOR_UNITS.get(currency.upper(), 2))


def round_money(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(cent(currency), ROUND_HALF_UP)


def split(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Split a total by weights so that the parts sum to it exactly.

    Largest remainders get the left-over cents; equal weights where all are zero.
    """
    if not weights:
        return []
    if any(weight < 0 for weight in weights):
        raise ValueError("Weights cannot be negative.")
    step = cent(currency)
    whole = sum(weights, Decimal(0)) or Decimal(len(weights))
    shares = weights if sum(weights) else [Decimal(1)] * len(weights)
    cents = round_money(total, currency) / step
    exact = [cents * share / whole for share in shares]
    floors = [part // 1 for part in exact]
    by_remainder = sorted(
        range(len(exact)), key=lambda i: exact[i] - floors[i], reverse=cents > 0
    )
    left = int(cents - sum(floors))
    for index in by_remainder[: abs(left)]:
        floors[index] += 1 if left > 0 else -1
    return [part * step for part in floors]
