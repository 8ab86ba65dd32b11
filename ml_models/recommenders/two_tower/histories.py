"""Deeds as the user tower reads them: padded rows of what each user did last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml_models.data import BUY, CART, VIEW, Deeds, Floats, Ints

# Buckets of age and of rank from the end grow by a half each; the last one is open.
AGES, RANKS = 24, 16
# log1p of how often it was viewed, carted, bought and of its age; how near its rank
# is; bought again; whether the order is known.
KNOWN = 7
# log1p of deeds by kind, of days since the last and since the first, of products;
# whether the order is known.
FEATURES = 7


@dataclass(frozen=True)
class Timeline:
    """Deeds user by user, time ascending; a user's lie from `starts[u]` on.

    starts: (users + 1,); all else: (n,).
    """

    products: Ints
    kinds: NDArray[np.int8]
    days: Floats
    starts: Ints
    # For each deed, where the moment of this deed begins. Deeds of one moment have no order.
    moments: Ints

    @property
    def user_count(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True)
class Rows:
    """Whose history is read, and how far: deeds from `starts` to `ends` as of `nows`.

    hidden: (rows, k) deeds that are left out though they lie between; -1: none.
    ordered: (rows,) False where time is taken as unknown.
    """

    users: Ints
    starts: Ints
    ends: Ints
    nows: Floats
    hidden: Ints
    ordered: NDArray[np.bool_]

    def take(self, chosen: Ints) -> Rows:
        return Rows(
            self.users[chosen],
            self.starts[chosen],
            self.ends[chosen],
            self.nows[chosen],
            self.hidden[chosen],
            self.ordered[chosen],
        )


@dataclass(frozen=True)
class Padded:
    """(rows, length): the deeds read, latest first; `real` is 0 beyond their end."""

    products: NDArray[np.int32]
    kinds: NDArray[np.int32]
    ages: NDArray[np.int32]
    ranks: NDArray[np.int32]
    real: NDArray[np.float32]
    # 1 at one deed of each product, where `known` tells of all deeds with it.
    first: NDArray[np.float32]
    known: NDArray[np.float32]
    features: NDArray[np.float32]


def timeline(deeds: Deeds, *, one_by_one: bool | None = None) -> Timeline:
    """Sort by user. Deeds of a day are a moment, or each its own (`one_by_one`)."""
    order = np.argsort(deeds.users, kind="stable")
    users, days = deeds.users[order], deeds.days[order]
    starts = np.searchsorted(users, np.arange(deeds.user_count + 1))
    moments = np.arange(len(users))
    if not one_by_one:
        same = np.zeros(len(users), bool)
        same[1:] = (users[1:] == users[:-1]) & (days[1:] == days[:-1])
        moments = np.maximum.accumulate(np.where(same, 0, moments))
    return Timeline(deeds.products[order], deeds.kinds[order], days, starts, moments)


def everything(line: Timeline, now: float, *, ordered: bool) -> Rows:
    """All that each user did."""
    count = line.user_count
    return Rows(
        np.full(count, -1),
        line.starts[:-1],
        line.starts[1:],
        np.full(count, now),
        np.full((count, 1), -1),
        np.full(count, ordered),
    )


def bucket(values: Floats, count: int) -> NDArray[np.int32]:
    """0 for nothing, then wider and wider."""
    found = np.ceil(np.log(np.maximum(values, 0) + 1) / np.log(1.5))
    return np.asarray(np.minimum(found, count - 1), np.int32)


def pad(line: Timeline, rows: Rows, memory: int) -> Padded:
    """Read the last `memory` deeds of each row, latest first."""
    lengths = np.minimum(rows.ends - rows.starts, memory)
    length = _round_up(int(lengths.max(initial=1)), memory)
    steps = np.arange(length)
    at = rows.ends[:, None] - 1 - steps
    real = steps < lengths[:, None]
    at = np.where(real, at, 0)
    for hidden in rows.hidden.T:
        real &= at != hidden[:, None]
    if not len(line.products):
        return _nothing(len(rows.users), length)
    ages = np.maximum(rows.nows[:, None] - line.days[at], 0) * rows.ordered[:, None]
    ranks = np.where(rows.ordered[:, None], steps, memory)
    products = np.where(real, line.products[at], -1)
    kinds = np.where(real, line.kinds[at], 0)
    first, known = _known(products, kinds, ages, ranks)
    known[:, :, -1] = rows.ordered[:, None]
    features = _features(kinds, ages, first, real)
    features[:, -1] = rows.ordered
    return Padded(
        np.maximum(products, 0).astype(np.int32),
        kinds.astype(np.int32),
        bucket(ages, AGES),
        bucket(ranks.astype(float), RANKS),
        real.astype(np.float32),
        first,
        known,
        features,
    )


def _round_up(length: int, most: int) -> int:
    """Few different lengths, as each new one costs TensorFlow a thought."""
    return min(most, max(4, 1 << (length - 1).bit_length()))


def _nothing(rows: int, length: int) -> Padded:
    whole = np.zeros((rows, length), np.int32)
    none = np.zeros((rows, length), np.float32)
    known = np.zeros((rows, length, KNOWN), np.float32)
    features = np.zeros((rows, FEATURES), np.float32)
    return Padded(whole, whole, whole, whole, none, none, known, features)


def _known(
    products: Ints, kinds: Ints, ages: Floats, ranks: Ints
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What the user did with each product of the row, told at its latest deed."""
    rows, length = products.shape
    order = np.argsort(products, axis=1, kind="stable")
    line = np.arange(rows)[:, None]
    by_product = products[line, order]
    new = np.ones((rows, length), bool)
    new[:, 1:] = by_product[:, 1:] != by_product[:, :-1]
    groups = (np.cumsum(new.ravel()) - 1).reshape(rows, length)
    back = np.empty_like(groups)
    back[line, order] = groups
    counts = [
        np.bincount(back.ravel(), (kinds == kind).ravel())[back]
        for kind in (VIEW, CART, BUY)
    ]
    first = np.zeros((rows, length), np.float32)
    first[line, order] = new
    first *= products >= 0
    known = np.stack(
        [
            *(np.log1p(count) for count in counts),
            np.log1p(ages) / 4,
            1 / (1 + ranks),
            np.minimum(counts[2], 2) / 2,
            np.zeros((rows, length)),
        ],
        axis=-1,
    ).astype(np.float32)
    return first, known


def _features(
    kinds: Ints,
    ages: Floats,
    first: NDArray[np.float32],
    real: NDArray[np.bool_],
) -> NDArray[np.float32]:
    counts = [(kinds == kind).sum(axis=1) for kind in (VIEW, CART, BUY)]
    far = np.where(real, ages, 0).max(axis=1)
    near = np.where(real, ages, np.inf).min(axis=1)
    near = np.where(np.isfinite(near), near, 0)
    found = [*counts, near, far, first.sum(axis=1), np.zeros(len(near))]
    return np.asarray(np.log1p(np.stack(found, axis=1)) / 4, np.float32)
