"""What is known of visits at moments in them, as one table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml_models.data import Floats, Ints

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Column:
    """A number, or one of `levels`: then the table holds the level's place."""

    name: str
    levels: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Visits:
    """values: (rows, columns), NaN where a thing is not known; bought: (rows,) whether
    an order followed in the same visit; groups: (rows,) who it was. Rows of one group
    are never split: a model that learned from some of a visit knows how it ended."""

    columns: tuple[Column, ...]
    values: Floats
    bought: Bools
    groups: Ints

    def rows(self, chosen: Bools | Ints) -> Visits:
        return Visits(
            self.columns,
            self.values[chosen],
            self.bought[chosen],
            self.groups[chosen],
        )

    def places(self, names: tuple[str, ...]) -> Ints:
        """(columns,) of these; of all where none is named."""
        wanted = [n for n, c in enumerate(self.columns) if not names or c.name in names]
        return np.array(wanted, np.int64)

    def only(self, places: Ints) -> Visits:
        """The same rows, with these columns alone."""
        columns = tuple(self.columns[place] for place in places)
        return Visits(columns, self.values[:, places], self.bought, self.groups)

    def who(self) -> tuple[int, int]:
        """How many groups bought, and how many never did. Each at least as many as
        there are parts: then what is left without one still has both."""
        bought = len(np.unique(self.groups[self.bought]))
        return bought, len(np.unique(self.groups)) - bought

    def folds(self, count: int, seed: int) -> Ints:
        """(rows,) which part each belongs to: buyers and others are dealt out alike."""
        random = np.random.default_rng(seed)
        groups, place = np.unique(self.groups, return_inverse=True)
        buys = np.zeros(len(groups), bool)
        np.logical_or.at(buys, place, self.bought)
        fold = np.empty(len(groups), np.int64)
        start = 0
        for kind in (True, False):
            chosen = random.permutation(np.flatnonzero(buys == kind))
            fold[chosen] = (start + np.arange(len(chosen))) % count
            start += len(chosen)
        return fold[place]
