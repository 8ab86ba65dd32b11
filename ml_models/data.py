"""What models learn from: who did what with which product, and what products are.

Users and products are dense numbers from 0; who calls keeps the dictionary. Arrays are
users x products, time ascending.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

# Kinds of deeds, the stronger the larger.
VIEW, CART, BUY = 1, 2, 3
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Deeds:
    """Who did what with which product, one entry each, in the order of time.

    users, products, kinds, days: (n,). `days` counts from any origin, later is larger;
    where the time is not known all are 0. A session is a user, where sessions are asked.
    """

    users: Ints
    products: Ints
    kinds: NDArray[np.int8]
    days: Floats
    user_count: int
    product_count: int

    def __len__(self) -> int:
        return len(self.users)

    def where(self, chosen: NDArray[np.bool_]) -> Deeds:
        """The same users and products, fewer deeds."""
        return Deeds(
            self.users[chosen],
            self.products[chosen],
            self.kinds[chosen],
            self.days[chosen],
            self.user_count,
            self.product_count,
        )

    def matrix(self, weights: NDArray[np.float32] | None = None) -> sp.csr_matrix:
        """(users, products): 1 where anything was done, or the sum of the weights."""
        shape = (self.user_count, self.product_count)
        if weights is not None:
            return sp.csr_matrix((weights, (self.users, self.products)), shape=shape)
        ones = np.ones(len(self), np.float32)
        found = sp.csr_matrix((ones, (self.users, self.products)), shape=shape)
        found.data[:] = 1
        return found


@dataclass(frozen=True)
class Goods:
    """What is known of products beside who wanted them; None: nothing.

    labels: (products, labels) 0/1, categories, brand, color, words of the name;
    prices: (products,), NaN where unknown; pictures: (products, d) of unit length.
    """

    labels: sp.csr_matrix | None = None
    prices: NDArray[np.float32] | None = None
    pictures: NDArray[np.float32] | None = None


NOTHING_KNOWN = Goods()
