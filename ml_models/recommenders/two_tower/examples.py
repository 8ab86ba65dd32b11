"""What there is to learn from: pieces of a history, and what came next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml_models.data import Deeds, Ints
from ml_models.recommenders.two_tower.histories import Rows, timeline

# From this share on, purchases are taken to stand among the carts by rule.
ALL_CARTED = 0.95


@dataclass(frozen=True)
class Examples:
    """Rows to read, and the deeds that came next: (rows, k) into the timeline, -1: none."""

    rows: Rows
    wanted: Ints

    def take(self, chosen: Ints) -> Examples:
        return Examples(self.rows.take(chosen), self.wanted[chosen])

    def parts(self, size: int) -> Iterator[Examples]:
        for begin in range(0, len(self), size):
            yield self.take(np.arange(begin, min(begin + size, len(self))))

    def __len__(self) -> int:
        return len(self.wanted)


class Lessons:
    """Cuts a timeline into examples, differently in each epoch.

    Where the days are all alike, the entries' own order counts, each following the one
    before; unless every user's products stand in the order of their numbers: then there
    is none, and any deed may have been the last.
    """

    def __init__(self, deeds: Deeds, targets: int) -> None:
        has_days = bool(len(deeds) and np.ptp(deeds.days) > 0)
        self.one_by_one = not has_days and not _is_sorted(deeds)
        self.is_ordered = has_days or self.one_by_one
        self.line = timeline(deeds, one_by_one=self.one_by_one)
        self.targets = targets
        self.product_count = deeds.product_count
        self.users = np.repeat(np.arange(deeds.user_count), np.diff(self.line.starts))
        self.strongest = int(deeds.kinds.max(initial=0))
        moments, counts = np.unique(self.line.moments, return_counts=True)
        self.moments, self.ends = moments, moments + counts
        self.twins = None if self.is_ordered else self._all_twins()
        self.is_single = bool(counts.mean() < 1.5) if len(counts) else False

    def _all_twins(self) -> Ints | None:
        """(n,): a weaker deed of the same user and product; None unless nearly all of the
        strongest kind have one."""
        pairs = self.users * self.product_count + self.line.products
        weak = np.flatnonzero(self.line.kinds < self.strongest)
        weak = weak[np.argsort(pairs[weak], kind="stable")]
        if not len(weak):
            return None
        at = np.minimum(np.searchsorted(pairs[weak], pairs), len(weak) - 1)
        found = np.where(pairs[weak[at]] == pairs, weak[at], -1)
        strong = self.line.kinds == self.strongest
        return found if (found[strong] >= 0).mean() > ALL_CARTED else None

    def without(self, examples: Examples) -> Deeds:
        """The deeds, but for what these examples ask for."""
        line = self.line
        kept = np.ones(len(line.products), bool)
        kept[examples.wanted[examples.wanted >= 0]] = False
        users = (self.users, line.products, line.kinds, line.days)
        return Deeds(*users, line.user_count, self.product_count).where(kept)

    def of_moments(self, chosen: Ints, random: np.random.Generator) -> Examples:
        """The history before a moment, and what was done in it."""
        begins, ends = self.moments[chosen], self.ends[chosen]
        users = self.users[begins]
        wanted = _draw(begins, ends, self.targets, random)
        rows = Rows(
            users,
            self.line.starts[users],
            begins,
            self.line.days[begins],
            np.full((len(chosen), 1), -1),
            np.ones(len(chosen), bool),
        )
        return Examples(rows, wanted)

    def _twins(self, wanted: Ints, random: np.random.Generator) -> Ints:
        """(rows, k): the weaker deed with the same product, of half of these; -1: none.

        Where every purchase stands among the carts, too, these do not tell what really
        went through a cart: told of all, the network would offer nothing else.
        """
        if self.twins is None:
            return wanted[:, :0]
        lost = (random.random(wanted.shape) < 0.5) & (wanted >= 0)
        return np.where(lost, self.twins[wanted], -1)

    def of_sets(self, users: Ints, random: np.random.Generator) -> Examples:
        """Everything but a few deeds of the strongest kind, and these."""
        strong = np.flatnonzero(self.line.kinds == self.strongest)
        begins = np.searchsorted(strong, self.line.starts[users])
        ends = np.searchsorted(strong, self.line.starts[users + 1])
        wanted = _draw(begins, ends, self.targets, random)
        # At most a fifth is hidden, so that what is left looks like a history.
        most = np.maximum(1, (ends - begins) // 5)
        wanted = np.where(np.arange(wanted.shape[1]) < most[:, None], wanted, -1)
        wanted = np.where(wanted < 0, -1, strong[np.maximum(wanted, 0)])
        rows = Rows(
            users,
            self.line.starts[users],
            self.line.starts[users + 1],
            np.zeros(len(users)),
            np.concatenate([wanted, self._twins(wanted, random)], axis=1),
            np.zeros(len(users), bool),
        )
        return Examples(rows, wanted)


def _is_sorted(deeds: Deeds) -> bool:
    """Whether products ascend within each user and kind in nearly all places."""
    order = np.lexsort((np.arange(len(deeds)), deeds.kinds, deeds.users))
    group = deeds.users[order] * 4 + deeds.kinds[order]
    same = group[1:] == group[:-1]
    rising = np.diff(deeds.products[order])[same] >= 0
    return bool(rising.mean() > 0.9) if len(rising) else True


def _draw(
    begins: Ints, ends: Ints, count: int, random: np.random.Generator
) -> NDArray[np.int64]:
    """(rows, count): different numbers from begin to end, -1 where there are too few."""
    sizes = ends - begins
    steps = np.arange(count)
    start = random.integers(0, np.maximum(sizes, 1))
    # A stride through the piece rather than a shuffle: cheap, and different each time.
    at = begins[:, None] + (start[:, None] + steps) % np.maximum(sizes, 1)[:, None]
    return np.where(steps < sizes[:, None], at, -1)


def batches(lengths: Ints, size: int, random: np.random.Generator) -> list[Ints]:
    """Shuffled pieces of the numbers below len(lengths), those of like length together.

    A step is padded to its longest row: sorting within ten batches saves most of that.
    """
    order = random.permutation(len(lengths))
    pieces = []
    for begin in range(0, len(order), 10 * size):
        chosen = order[begin : begin + 10 * size]
        chosen = chosen[np.argsort(lengths[chosen], kind="stable")]
        pieces += [chosen[at : at + size] for at in range(0, len(chosen), size)]
    return [pieces[at] for at in random.permutation(len(pieces))]
