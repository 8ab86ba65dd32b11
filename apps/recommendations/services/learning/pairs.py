"""Cases to judge neighbors by: somebody stood before the one and wanted the other next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.recommendations.services.learning.evidence import STEP_UP
from apps.recommendations.services.learning.history import History
from ml_models import data

Ints = NDArray[np.int64]
# A pause that long ends a visit.
VISIT = 30 / (24 * 60)
SHORT = 10
MOST = 6_000
# Cells of scores that are held at once: 32 MiB of them.
CELLS = 2**23


@dataclass(frozen=True)
class Pairs:
    """anchors, wanted: (n,) products."""

    anchors: Ints
    wanted: Ints

    def __len__(self) -> int:
        return len(self.anchors)

    def where(self, chosen: NDArray[np.bool_]) -> Pairs:
        return Pairs(self.anchors[chosen], self.wanted[chosen])

    def drawn(self, seed: int, most: int = MOST) -> Pairs:
        if len(self) <= most:
            return self
        chance = np.random.default_rng(seed)
        chosen = np.sort(chance.choice(len(self), most, replace=False))
        return Pairs(self.anchors[chosen], self.wanted[chosen])


def next_looks(window: History) -> Pairs:
    """What was looked at, or bought, next within a visit."""
    deeds = window.deeds
    order = np.lexsort((deeds.days, deeds.users))
    users, products, days = deeds.users[order], deeds.products[order], deeds.days[order]
    follows = (
        (users[1:] == users[:-1])
        & (days[1:] - days[:-1] <= VISIT)
        & (products[1:] != products[:-1])
    )
    return Pairs(products[:-1][follows], products[1:][follows])


def same_order(window: History) -> Pairs:
    """Each product of an order with each other one of it."""
    baskets = window.baskets
    order = np.argsort(baskets.orders, kind="stable")
    orders, products = baskets.orders[order], baskets.products[order]
    anchors, wanted = [], []
    starts = np.flatnonzero(np.diff(orders, prepend=-1))
    for part in np.split(products, starts[1:]):
        if len(part) > 1:
            own, other = np.meshgrid(part, part, indexing="ij")
            apart = own != other
            anchors.append(own[apart])
            wanted.append(other[apart])
    return Pairs(joined(anchors), joined(wanted))


def other_groups(window: History) -> Pairs:
    """Those of an order that are of different groups: a dress and its shoes."""
    found = same_order(window)
    groups = window.catalog.groups
    return found.where(groups[found.anchors] != groups[found.wanted])


def steps_up(window: History) -> Pairs:
    """Looked at, and within the week something dearer of its group put in the cart or
    bought."""
    deeds, catalog = window.deeds, window.catalog
    prices = catalog.goods.prices
    assert prices is not None
    order = np.lexsort((deeds.days, deeds.users))
    users, products, days = deeds.users[order], deeds.products[order], deeds.days[order]
    kinds = deeds.kinds[order]
    anchors, wanted = [], []
    for back in range(1, 11):
        fits = (
            (kinds[back:] >= data.CART)
            & (users[back:] == users[:-back])
            & (days[back:] - days[:-back] <= 7)
            & (kinds[:-back] == data.VIEW)
        )
        anchors.append(products[:-back][fits])
        wanted.append(products[back:][fits])
    found = Pairs(joined(anchors), joined(wanted))
    ratio = prices[found.wanted] / np.maximum(prices[found.anchors], 0.01)
    same = catalog.groups[found.anchors] == catalog.groups[found.wanted]
    return found.where(same & (ratio >= STEP_UP))


def joined(parts: list[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


Scorer = Callable[[Ints], NDArray[np.float32]]


def chunks(count: int, width: int) -> list[Ints]:
    step = max(1, CELLS // max(1, width))
    rows = np.arange(count)
    return [rows[start : start + step] for start in range(0, count, step)]


def quality(scorer: Scorer, pairs: Pairs, width: int) -> NDArray[np.float64]:
    """(n,): NDCG@10 of each case with its one wanted product."""
    anchors, places = np.unique(pairs.anchors, return_inverse=True)
    found = np.zeros(len(pairs))
    for part in chunks(len(anchors), width):
        scores = scorer(anchors[part])
        inside = np.flatnonzero((places >= part[0]) & (places <= part[-1]))
        rows = places[inside] - part[0]
        own = scores[rows, pairs.wanted[inside]]
        # Ties count as half before it: a scorer that knows nothing gains nothing.
        above = (scores[rows] > own[:, None]).sum(1)
        equal = (scores[rows] == own[:, None]).sum(1) - 1
        rank = above + equal / 2
        gain = 1 / np.log2(rank + 2)
        found[inside] = np.where((rank < SHORT) & (own > 0), gain, 0.0)
    return found
