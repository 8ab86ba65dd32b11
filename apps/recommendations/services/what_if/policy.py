"""What the other policy would have done at each place, given what stands above it.

It fills shelves as answering/choosing.py does: the best by value less likeness, now and
then any that is left. Where a change leaves a shelf's values and variety alone, the
log itself says which one was the best wherever chance did not step in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from apps.accounts.models import Store
from apps.recommendations.models import ShelfSettings
from apps.recommendations.services.frame import sold_lines
from apps.recommendations.services.what_if.change import Change
from apps.recommendations.services.what_if.goods import Goods, Sales
from apps.recommendations.services.what_if.read import Filled
from ml_models.data import Floats, Ints
from ml_models.offpolicy.log import NOBODY

Bools = NDArray[np.bool_]
# Chance takes at most half of places, and one of several: who had more was the best.
BEST = 0.5
# Products in one table of likeness, which grows with the square.
MOST_ALIKE = 3_000
LATELY = timedelta(days=28)
# Where sales say nothing, the log's own order stands.
TIE = 1e-6


@dataclass(frozen=True)
class Part:
    """Shelves as arrays: candidates, values (n, width); shown, propensities (n, k)."""

    candidates: Ints
    values: Floats
    shown: Ints
    propensities: Floats


def arrays(found: Sequence[Filled]) -> Part:
    width = max(len(one.products) for one in found)
    places = max(len(one.columns) for one in found)
    candidates = np.full((len(found), width), NOBODY, np.int64)
    values = np.zeros((len(found), width))
    shown = np.full((len(found), places), NOBODY, np.int64)
    propensities = np.ones((len(found), places))
    for row, one in enumerate(found):
        candidates[row, : len(one.products)] = one.products
        values[row, : len(one.values)] = one.values
        shown[row, : len(one.columns)] = one.columns
        propensities[row, : len(one.columns)] = one.propensities
    return Part(candidates, values, shown, propensities)


def shares_of(part: Part) -> Floats:
    """(n,): how often chance stepped in on each shelf, from the chances it left."""
    left = (part.candidates != NOBODY).sum(1)[:, None] - np.arange(part.shown.shape[1])
    tells = (part.shown != NOBODY) & (left > 1)
    left = np.where(tells, left, 2)
    by_best = (1 - part.propensities) / (1 - 1 / left)
    share = np.where(part.propensities > BEST, by_best, part.propensities * left)
    return np.asarray(np.clip(np.where(tells, share, 0.0).max(1), 0, 1))


class Other:
    """The policy that a merchant asks about."""

    def __init__(
        self, store: Store, change: Change, start: datetime, at: datetime
    ) -> None:
        self.change = change
        settings = ShelfSettings.objects.for_store(store)
        self.variety = settings.variety if change.variety is None else change.variety
        self.goods = Goods(store, at)
        self.sales = Sales({})
        if change.is_popular_first:
            lately = sold_lines(store, start).between(start - LATELY, start)
            pieces = np.bincount(lately.products, lately.units)
            self.sales = Sales(
                {int(one): pieces[one] for one in np.flatnonzero(pieces)}
            )

    def chances(self, found: Sequence[Filled], part: Part) -> Floats:
        """(n, k, width)."""
        values = self.values(found, part)
        wanted = self.wanted(found, part)
        is_same = (values == part.values).all(1) & wanted.all(1)
        if self.change.variety is not None:
            is_same[:] = False
        share = (
            shares_of(part)
            if self.change.exploration is None
            else np.full(len(found), self.change.exploration)
        )
        return self.walk(part, values, wanted, is_same, share)

    def values(self, found: Sequence[Filled], part: Part) -> Floats:
        if not self.change.moves_values:
            return part.values
        self.goods.read_facts(one for shelf in found for one in shelf.products)
        values = part.values.copy()
        for row, shelf in enumerate(found):
            for column, product in enumerate(shelf.products):
                if self.change.is_popular_first:
                    values[row, column] *= TIE
                    values[row, column] += self.sales.share(product)
                elif self.goods.preferred(self.change, product, shelf.at):
                    values[row, column] *= 1 + self.change.boost
        return values

    def wanted(self, found: Sequence[Filled], part: Part) -> Bools:
        """(n, width): those of the source that is left out come only where nothing else
        is left: no shelf is to end early."""
        wanted = np.ones(part.candidates.shape, np.bool_)
        for row, shelf in enumerate(found if self.change.without else ()):
            named = [source != self.change.without for source in shelf.sources]
            wanted[row, : len(named)] = named
        return wanted

    def walk(
        self,
        part: Part,
        values: Floats,
        wanted: Bools,
        is_same: Bools,
        share: Floats,
    ) -> Floats:
        """Down the shelves, place by place, with the log's own choices above."""
        rows = np.arange(len(values))
        left = part.candidates != NOBODY
        closest = np.zeros(values.shape)
        alike = self.likeness(part.candidates) if self.variety else None
        chances = np.zeros((*part.shown.shape, values.shape[1]))
        for place in range(part.shown.shape[1]):
            shown = part.shown[:, place]
            there = shown != NOBODY
            column = np.where(there, shown, 0)
            first = left & wanted
            pool = np.where(first.any(1)[:, None], first, left)
            worth = (1 - self.variety) * values - self.variety * closest
            worth = np.where(pool, worth, -np.inf)
            # The log tells who was the best, and who was not, whatever settings were.
            was_best = part.propensities[:, place] > BEST
            is_told = is_same & there
            other = is_told & ~was_best
            worth[rows[other], column[other]] = -np.inf
            best = np.where(is_told & was_best, column, worth.argmax(1))
            count = np.maximum(pool.sum(1), 1)
            chances[:, place] = pool * (share / count)[:, None]
            chances[rows, place, best] += 1 - share
            left[rows[there], column[there]] = False
            if alike is not None:
                closest = np.maximum(closest, alike[rows, column])
        return chances

    def likeness(self, candidates: Ints) -> Floats:
        """(n, width, width)."""
        found = np.zeros((*candidates.shape, candidates.shape[1]))
        step = max(1, MOST_ALIKE // candidates.shape[1])
        for start in range(0, len(candidates), step):
            part = candidates[start : start + step]
            names, places = np.unique(part, return_inverse=True)
            places = places.reshape(part.shape)
            alike = self.goods.likeness([int(one) for one in names])
            found[start : start + step] = alike[places[:, :, None], places[:, None, :]]
        return found
