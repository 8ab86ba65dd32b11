"""Who bought when and for how much: all that the models of value learn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ml_models.data import Floats, Ints


@dataclass(frozen=True)
class Purchases:
    """One entry for each customer and day with a purchase; customer by customer, time
    ascending.

    customers, days: (n,) dense numbers from 0, and days from any origin. amounts: (n,)
    money net of refunds. units: (n,) pieces, 1 where unknown. margins: (n,) what was
    earned, None where no cost is known.
    """

    customers: Ints
    days: Ints
    amounts: Floats
    units: Floats
    customer_count: int
    margins: Floats | None = None

    def __len__(self) -> int:
        return len(self.customers)

    def before(self, day: int) -> Purchases:
        """What was known when this day began."""
        return self.between(-(2**62), day)

    def between(self, first: int, end: int) -> Purchases:
        """From the first day on, before the end."""
        chosen = (self.days >= first) & (self.days < end)
        return Purchases(
            self.customers[chosen],
            self.days[chosen],
            self.amounts[chosen],
            self.units[chosen],
            self.customer_count,
            None if self.margins is None else self.margins[chosen],
        )


def purchases(
    customers: ArrayLike,
    days: ArrayLike,
    amounts: ArrayLike,
    units: ArrayLike | None = None,
    margins: ArrayLike | None = None,
    customer_count: int | None = None,
) -> Purchases:
    """From orders in any order; those of one customer on one day count as one.

    customers, days, amounts, units, margins: (orders,).
    """
    who, when = np.asarray(customers, np.int64), np.asarray(days, np.int64)
    money = np.asarray(amounts, np.float64)
    if not np.isfinite(money).all():
        raise ValueError("Amounts are finite.")
    order = np.lexsort((when, who))
    who, when = who[order], when[order]
    is_new = (np.diff(who, prepend=-1) != 0) | (np.diff(when, prepend=0) != 0)
    groups = np.cumsum(is_new) - 1

    def total(values: ArrayLike) -> Floats:
        sums = np.bincount(groups, np.asarray(values, np.float64)[order])
        return sums.astype(np.float64)

    pieces = np.ones(len(who)) if units is None else units
    return Purchases(
        who[is_new],
        when[is_new],
        total(money),
        total(pieces),
        customer_count or int(who.max(initial=-1)) + 1,
        None if margins is None else total(margins),
    )
