"""Who bought when and for how much: all that the models of value learn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ml_models.data import Floats, Ints


@dataclass(frozen=True)
class Refunds:
    """(refunds,) each; amounts: negative, on the day when the money went back."""

    customers: Ints
    days: Ints
    amounts: Floats


@dataclass(frozen=True)
class Purchases:
    """One entry for each customer and day with a purchase; customer by customer, time
    ascending.

    customers, days: (n,) dense numbers from 0, and days from any origin. amounts: (n,)
    money, without what is in `refunds`. units: (n,) pieces, 1 where unknown. margins:
    (n,) what was earned, None where no cost is known. costed: (n,) the part of each
    amount that its margin is about, 0 where no cost is known; None: all of it. refunds:
    an amount that is net of a refund of later tells a past day what nobody knew on it,
    so they are better here.
    """

    customers: Ints
    days: Ints
    amounts: Floats
    units: Floats
    customer_count: int
    margins: Floats | None = None
    refunds: Refunds | None = None
    costed: Floats | None = None

    @property
    def net(self) -> Floats:
        """(n,): a refund lowers the customer's last purchase before it, not below 0. One
        of a purchase that is not here lowers nothing."""
        if self.refunds is None or not len(self):
            return self.amounts
        width = int(max(self.days.max(), self.refunds.days.max(initial=0))) + 2
        begin = int(min(self.days.min(), self.refunds.days.min(initial=0)))
        width -= begin
        keys = self.customers * width + self.days - begin
        back = self.refunds.customers * width + self.refunds.days - begin
        places = np.searchsorted(keys, back, side="right") - 1
        is_own = self.customers[places] == self.refunds.customers
        found = self.amounts.copy()
        mine = (places >= 0) & is_own
        np.add.at(found, places[mine], self.refunds.amounts[mine])
        return np.where(found < self.amounts, np.maximum(found, 0), self.amounts)

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
            self.refunds and given_back(self.refunds, first, end),
            None if self.costed is None else self.costed[chosen],
        )


def given_back(refunds: Refunds, first: int, end: int) -> Refunds:
    chosen = (refunds.days >= first) & (refunds.days < end)
    return Refunds(
        refunds.customers[chosen], refunds.days[chosen], refunds.amounts[chosen]
    )


def purchases(
    customers: ArrayLike,
    days: ArrayLike,
    amounts: ArrayLike,
    units: ArrayLike | None = None,
    margins: ArrayLike | None = None,
    refunds: Refunds | None = None,
    costed: ArrayLike | None = None,
) -> Purchases:
    """From orders in any order; those of one customer on one day count as one.

    customers, days, amounts, units, margins, costed: (orders,). refunds: of the same
    customers and days' origin.
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
        int(who.max(initial=-1)) + 1,
        None if margins is None else total(margins),
        refunds,
        None if costed is None else total(costed),
    )
