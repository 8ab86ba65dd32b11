"""A customer's numbers on one scale, so that distances between customers mean something.

Logs of what is skewed; shares drawn towards the shop's own where few orders speak; the
middle 90 % as the yardstick, so that one huge order bends nothing; nothing known is the
middle. All rows are of buyers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ml_models.segments.base import Crowd, Floats

# So many orders' worth of the shop's own share is added to a customer's.
PRIOR_ORDERS = 3.0
# Added to the days since the first order: two orders in a week are no 100 a year.
PRIOR_DAYS = 120.0
# No number is further from the middle than so many spreads.
FARTHEST = 4.0
# Between the 5 % and the 95 % quantile of a normal distribution.
NORMAL_MIDDLE = 3.29

# How much each number says about the five segments: what they are named for, and how
# lately somebody bought, count in full, pace twice; the rest of what is known a third.
# The year's spend is pace and spend once more: in full, it made more of the demo's
# occasional buyers loyal (docs/segments.md).
WEIGHTS = {
    "pace": 2.0,
    "spent": 1.0,
    "tenure": 1.0,
    "coupons": 1.0,
    "recency": 1.0,
    "year": 0.3,
    "orders": 0.3,
    "average_order": 0.3,
    "pieces": 0.3,
    "reduced": 0.3,
    "low_prices": 0.3,
    "high_prices": 0.3,
    "returns": 0.3,
    "categories": 0.3,
    "brands": 0.3,
    "views": 0.3,
    "carts": 0.3,
    "wishes": 0.3,
    "visits": 0.3,
    "browse_to_buy": 0.3,
}
NAMES = tuple(WEIGHTS)


class OtherNumbersError(ValueError):
    """It learned from other numbers than this code lays out: saved middles are known by
    their place alone, so they would be read as those of something else."""


# Shares of orders or pieces: here = there.
SHARES = {
    "coupons": "coupon_order_share",
    "reduced": "reduced_share",
    "low_prices": "band_low_share",
    "high_prices": "band_high_share",
    "returns": "return_share",
}


def log_of(name: str) -> Callable[[Crowd], Floats]:
    """NaN stays; less than nothing is nothing."""
    return lambda crowd: np.asarray(np.log1p(np.maximum(crowd.column(name), 0)))


def pace(crowd: Crowd) -> Floats:
    """Log of orders a year, cautiously."""
    days = np.maximum(crowd.known("tenure_days"), 0) + PRIOR_DAYS
    return np.asarray(np.log(crowd.known("orders") / days * 365 + 0.1))


def pieces(crowd: Crowd) -> Floats:
    orders = np.maximum(crowd.known("orders"), 1)
    return np.asarray(np.log1p(np.maximum(crowd.known("units"), 0) / orders))


PLAIN: dict[str, Callable[[Crowd], Floats]] = {
    "pace": pace,
    "spent": log_of("spent"),
    "tenure": log_of("tenure_days"),
    "orders": log_of("orders"),
    "year": log_of("spent_365"),
    "average_order": log_of("average_order"),
    "recency": log_of("recency_days"),
    "pieces": pieces,
    "categories": lambda crowd: crowd.column("category_entropy"),
    "brands": lambda crowd: crowd.column("brand_entropy"),
    "views": log_of("views_90"),
    "carts": log_of("carts_90"),
    "wishes": log_of("wishlists_90"),
    "visits": log_of("sessions_90"),
    "browse_to_buy": lambda crowd: crowd.column("browse_to_buy"),
}


@dataclass(frozen=True)
class Scale:
    """shares: (len(SHARES),) the shop's own; centers, spreads: (len(NAMES),)."""

    shares: Floats
    centers: Floats
    spreads: Floats

    @classmethod
    def of(cls, buyers: Crowd) -> Scale:
        orders = buyers.known("orders")
        shares = np.array([own_share(buyers, name, orders) for name in SHARES.values()])
        raw = laid_out(buyers, shares)
        centers, spreads = np.zeros(raw.shape[1]), np.ones(raw.shape[1])
        for place, column in enumerate(raw.T):
            known = column[~np.isnan(column)]
            if len(known):
                centers[place] = np.median(known)
                spreads[place] = spread(known)
        return cls(shares, centers, spreads)

    def apply(self, buyers: Crowd) -> Floats:
        """(customers, len(NAMES)): 0 is the middle, 1 a usual distance from it."""
        found = (laid_out(buyers, self.shares) - self.centers) / self.spreads
        return np.asarray(np.nan_to_num(found, nan=0.0).clip(-FARTHEST, FARTHEST))

    def weighted(self, buyers: Crowd) -> Floats:
        """The same, each number as much as it says."""
        return np.asarray(self.apply(buyers) * np.array(list(WEIGHTS.values())))


def own_share(buyers: Crowd, name: str, orders: Floats) -> float:
    total = orders.sum()
    return float((buyers.known(name) * orders).sum() / total) if total else 0.0


def laid_out(buyers: Crowd, shares: Floats) -> Floats:
    orders = buyers.known("orders")
    own = dict(zip(SHARES, shares, strict=True))
    columns = []
    for name in NAMES:
        if name in SHARES:
            share, prior = buyers.known(SHARES[name]), PRIOR_ORDERS * own[name]
            columns.append((share * orders + prior) / (orders + PRIOR_ORDERS))
        else:
            columns.append(PLAIN[name](buyers))
    return np.stack(columns, axis=1)


def spread(known: Floats) -> float:
    """Never 0: all alike lie in the middle."""
    low, high = np.quantile(known, [0.05, 0.95])
    found = float(high - low) / NORMAL_MIDDLE
    if found < 1e-9:
        found = float(known.std())
    return found if found > 1e-9 else 1.0
