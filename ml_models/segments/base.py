"""What every way of grouping customers promises; test_contract.py checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

# The five, in the order in which all arrays have them.
CODES = ("vip", "loyal", "discount", "occasional", "new")
VIP, LOYAL, DISCOUNT, OCCASIONAL, NEW = range(5)

# What is read of a customer, under the names of docs/features.md.
READ = (
    "orders",
    "units",
    "spent",
    "spent_365",
    "average_order",
    "recency_days",
    "tenure_days",
    "gap_mean",
    "coupon_order_share",
    "reduced_share",
    "band_low_share",
    "band_high_share",
    "return_share",
    "category_entropy",
    "brand_entropy",
    "views_90",
    "carts_90",
    "wishlists_90",
    "sessions_90",
    "browse_to_buy",
)
# No shop has more of anything; a broken import may say so.
MOST = 1e12


@dataclass(frozen=True)
class Crowd:
    """values: (customers, len(READ)), NaN where nothing is known."""

    values: Floats

    @classmethod
    def of(cls, columns: Mapping[str, Any]) -> Crowd:
        """By name; what is not a number, or infinite, is unknown."""
        values = np.stack([np.asarray(columns[n], np.float64) for n in READ], axis=1)
        values = np.where(np.isfinite(values), values, np.nan)
        return cls(values.clip(-MOST, MOST))

    def __len__(self) -> int:
        return len(self.values)

    def column(self, name: str) -> Floats:
        """(customers,), NaN where unknown."""
        found: Floats = self.values[:, READ.index(name)]
        return found

    def known(self, name: str, instead: float = 0.0) -> Floats:
        """(customers,), `instead` where unknown."""
        return np.nan_to_num(self.column(name), nan=instead)

    @property
    def is_buyer(self) -> NDArray[np.bool_]:
        """(customers,): has ordered; whoever has not is a New Customer."""
        return self.known("orders") >= 1

    def take(self, rows: NDArray[Any]) -> Crowd:
        return Crowd(self.values[rows])


class Grouper(Protocol):
    """Learns from a crowd; says of any crowd, also of one customer, who belongs where."""

    # As the registry and the tables call it: autoencoder, kmeans, rule.
    name: str
    # Its groups are learned ones; with few buyers, or by the rule, they are the rule's.
    learns: bool

    def fit(self, crowd: Crowd, serving: Grouper | None = None) -> Mapping[str, Any]:
        """Learn; returns the history of it. Same seed, same groups. `serving`: what
        serves now, to begin from, so that nobody moves without need."""
        ...

    def assign(self, crowd: Crowd) -> Places:
        """(customers,): 0 to 4, by CODES. Everybody has one."""
        ...

    def state(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Arrays and a card, from which all.restored makes the same again."""
        ...

    def save(self, folder: Path) -> None:
        """Arrays and a card.json; never a pickle."""
        ...
