"""What a past says of pairs of products: seen together, bought together, alike.

All matrices are products by products; a row is the product that one stands before.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from apps.recommendations.services.learning.colors import harmony
from apps.recommendations.services.learning.history import History
from ml_models.recommenders.item_knn import Config, ItemKnn

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]
# Believed as little as so many common visitors or baskets.
SHRINK = 10.0
NEIGHBORS = 200
TINY = 1e-9


@dataclass(frozen=True)
class Evidence:
    past: History

    @cached_property
    def views(self) -> sp.csr_matrix:
        """Looked at or bought by the same people (cosine, shrunk)."""
        model = ItemKnn(Config(neighbors=NEIGHBORS, shrink=SHRINK))
        model.fit(self.past.deeds)
        return scaled(model.similar)

    @cached_property
    def together(self) -> sp.csr_matrix:
        """How many orders hold both; its diagonal: how many hold it."""
        baskets, count = self.past.baskets, len(self.past.catalog.products)
        _, orders = np.unique(baskets.orders, return_inverse=True)
        held = sp.csr_matrix(
            (np.ones(len(orders), np.float32), (orders, baskets.products)),
            shape=(int(orders.max(initial=-1)) + 1, count),
        )
        return (held.T @ held).tocsr()

    @cached_property
    def sold(self) -> Scores:
        """(products,): in how many orders, recent ones more; never 0."""
        baskets = self.past.baskets
        last = float(baskets.days.max(initial=0.0))
        weights = np.exp2(-(last - baskets.days) / 60.0)
        counts = np.bincount(baskets.products, weights, len(self.past.catalog.products))
        return np.asarray(counts + 0.01, np.float32)

    @cached_property
    def seen(self) -> Scores:
        """(products,): how often anything was done with it, lately more; never 0."""
        deeds = self.past.deeds
        last = float(deeds.days.max(initial=0.0))
        weights = np.exp2(-(last - deeds.days) / 28.0)
        counts = np.bincount(deeds.products, weights, deeds.product_count)
        return np.asarray(counts + 0.01, np.float32)

    def alike(self, rows: Rows) -> Scores:
        """(rows, products): by what they are."""
        labels = self.past.catalog.goods.labels
        assert labels is not None
        return np.asarray((labels[rows] @ labels.T).toarray(), np.float32)

    def seen_with(self, rows: Rows) -> Scores:
        return np.asarray(self.views[rows].toarray(), np.float32)

    def bought_with(self, rows: Rows, prior: float) -> Scores:
        """(rows, products): the chance that an order with the one holds the other.

        Where few orders tell, what its type is bought with counts as `prior` orders do.
        """
        common = np.asarray(self.together[rows].toarray(), np.float32)
        sizes = self.together.diagonal()[rows][:, None]
        common[np.arange(len(rows)), rows] = 0
        found = (common + prior * self.of_type(rows)) / (sizes + prior)
        return np.asarray(found, np.float32)

    def of_type(self, rows: Rows) -> Scores:
        """(rows, products): chance by the two types, shared by what sells in each."""
        numbers, affinity, within = self.types
        found = affinity[numbers[rows]][:, numbers] * within[None, :]
        return np.asarray(found, np.float32)

    @cached_property
    def types(self) -> tuple[Rows, Scores, Scores]:
        """Types numbered from 0; how many of one go with one of the other; share of its
        type's sales of each product."""
        _, numbers = np.unique(self.past.catalog.types, return_inverse=True)
        count = int(numbers.max(initial=-1)) + 1
        membership = sp.csr_matrix(
            (np.ones(len(numbers), np.float32), (numbers, np.arange(len(numbers)))),
            shape=(count, len(numbers)),
        )
        pairs = self.together.copy()
        pairs.setdiag(0)
        common = np.asarray((membership @ pairs @ membership.T).toarray())
        orders = np.asarray(membership @ self.together.diagonal()).ravel()
        totals = np.asarray(membership @ self.sold).ravel()
        affinity = common / np.maximum(orders, 1.0)[:, None]
        within = self.sold / np.maximum(totals[numbers], TINY)
        return numbers, affinity.astype(np.float32), within.astype(np.float32)

    def dearer(self, rows: Rows, most: float) -> Scores:
        """(rows, products): 1 in the same group and dearer, up to `most` times; else 0."""
        catalog = self.past.catalog
        prices = catalog.goods.prices
        assert prices is not None
        ratio = prices[None, :] / np.maximum(prices[rows], 0.01)[:, None]
        groups = catalog.groups
        same = groups[rows][:, None] == groups[None, :]
        with np.errstate(invalid="ignore"):
            fits = (ratio >= STEP_UP) & (ratio <= most) & same
        return np.asarray(fits, np.float32)

    def other_group(self, rows: Rows) -> Scores:
        """(rows, products): 1 where the two are of different groups."""
        groups = self.past.catalog.groups
        return np.asarray(groups[rows][:, None] != groups[None, :], np.float32)

    def harmony(self, rows: Rows) -> Scores:
        """(rows, products): how well colors go together."""
        numbers, table = self.palettes
        return np.asarray(table[numbers[rows]][:, numbers], np.float32)

    @cached_property
    def palettes(self) -> tuple[Rows, Scores]:
        """Sets of colors numbered from 0, and how well each goes with each."""
        colors = self.past.catalog.colors
        sets = sorted(set(colors), key=sorted)
        places = {one: place for place, one in enumerate(sets)}
        table = [[harmony(one, other) for other in sets] for one in sets]
        return np.array([places[c] for c in colors]), np.array(table, np.float32)

    def margin(self, weight: float) -> Scores:
        """(products,): around 1, more where more of the price stays."""
        margins = self.past.catalog.margins
        return np.asarray(1 + weight * (margins - margins.mean()), np.float32)


# From here on dearer is a step up.
STEP_UP = 1.05


def scaled(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """Each row's largest is 1, so that parts can be mixed."""
    largest = np.asarray(matrix.max(axis=1).todense()).ravel()
    scale = np.divide(1, largest, out=np.zeros_like(largest), where=largest > 0)
    return sp.csr_matrix(sp.diags(scale) @ matrix, dtype=np.float32)
