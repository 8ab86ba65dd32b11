"""Cases to judge neighbors by: somebody stood before the one and wanted the other next.

A case is an order or a visitor, not a pair. An order of n products has n (n - 1) pairs,
and they go right or wrong together: a reseller's order of 300 lines would count as much
as forty thousand others, and the gate, which draws cases anew to see how far chance
reaches (registry/services/gate.py, paired), would take 90,000 answers of one person for
as many persons and call luck a gain. So each case has one say, the mean of its pairs, of
which a few are enough.
"""

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
# Pairs in all, and of one case.
MOST = 12_000
MOST_OF_ONE = 6
# Of a larger order so many lines, drawn by chance.
LINES = 40
# Cells of scores that are held at once: 32 MiB of them.
CELLS = 2**23


@dataclass(frozen=True)
class Pairs:
    """anchors, wanted: (n,) products; cases: (n,) the order or visitor of each."""

    anchors: Ints
    wanted: Ints
    cases: Ints

    def __len__(self) -> int:
        return len(self.anchors)

    def where(self, chosen: NDArray[np.bool_] | Ints) -> Pairs:
        return Pairs(self.anchors[chosen], self.wanted[chosen], self.cases[chosen])

    def drawn(self, seed: int, most: int = MOST) -> Pairs:
        """Some pairs of each case, and as many whole cases as there is room for."""
        chance = np.random.default_rng(seed)
        mixed = self.where(chance.permutation(len(self)))
        mixed = mixed.where(np.argsort(mixed.cases, kind="stable"))
        few = mixed.where(mixed.turns < MOST_OF_ONE)
        _, places, sizes = np.unique(few.cases, return_inverse=True, return_counts=True)
        order = chance.permutation(len(sizes))
        fits = np.empty(len(sizes), np.bool_)
        fits[order] = np.cumsum(sizes[order]) <= most
        return few.where(fits[places])

    @property
    def turns(self) -> Ints:
        """(n,): the how manyeth of its case each is; cases lie together."""
        starts = np.flatnonzero(np.diff(self.cases, prepend=-1))
        sizes = np.diff(starts, append=len(self))
        return np.arange(len(self)) - np.repeat(starts, sizes)

    def mean(self, found: NDArray[np.float64]) -> NDArray[np.float64]:
        """(cases,): of what was found for each pair, in the order of their numbers."""
        _, places = np.unique(self.cases, return_inverse=True)
        return np.asarray(np.bincount(places, found) / np.bincount(places))


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
    return Pairs(products[:-1][follows], products[1:][follows], users[1:][follows])


def same_order(window: History) -> Pairs:
    """Each product of an order with each other one of it."""
    baskets = window.baskets
    order = np.argsort(baskets.orders, kind="stable")
    orders, products = baskets.orders[order], baskets.products[order]
    chance = np.random.default_rng(0)
    anchors, wanted, cases = [], [], []
    starts = np.flatnonzero(np.diff(orders, prepend=-1))
    # Without any order there is one part all the same, and an empty one.
    numbers = orders[starts] if len(starts) else np.zeros(1, np.int64)
    for part, number in zip(np.split(products, starts[1:]), numbers, strict=True):
        if len(part) > LINES:
            part = chance.choice(part, LINES, replace=False)
        if len(part) > 1:
            own, other = np.meshgrid(part, part, indexing="ij")
            apart = own != other
            anchors.append(own[apart])
            wanted.append(other[apart])
            cases.append(np.full(len(anchors[-1]), number))
    return Pairs(joined(anchors), joined(wanted), joined(cases))


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
    anchors, wanted, cases = [], [], []
    for back in range(1, 11):
        fits = (
            (kinds[back:] >= data.CART)
            & (users[back:] == users[:-back])
            & (days[back:] - days[:-back] <= 7)
            & (kinds[:-back] == data.VIEW)
        )
        anchors.append(products[:-back][fits])
        wanted.append(products[back:][fits])
        cases.append(users[back:][fits])
    found = Pairs(joined(anchors), joined(wanted), joined(cases))
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
    """(cases,): the mean of its pairs' NDCG@10, each with its one wanted product."""
    anchors, places = np.unique(pairs.anchors, return_inverse=True)
    found = np.zeros(len(pairs))
    for part in chunks(len(anchors), width):
        scores = scorer(anchors[part])
        inside = np.flatnonzero((places >= part[0]) & (places <= part[-1]))
        for few in chunks(len(inside), width):
            some = inside[few]
            found[some] = gains(scores, places[some] - part[0], pairs.wanted[some])
    return pairs.mean(found)


def gains(scores: NDArray[np.float32], rows: Ints, wanted: Ints) -> NDArray[np.float64]:
    """(n,): by the rank of what is wanted within its row of scores."""
    own = scores[rows, wanted]
    # Ties count as half before it: a scorer that knows nothing gains nothing.
    above = (scores[rows] > own[:, None]).sum(1)
    equal = (scores[rows] == own[:, None]).sum(1) - 1
    rank = above + equal / 2
    return np.where((rank < SHORT) & (own > 0), 1 / np.log2(rank + 2), 0.0)
