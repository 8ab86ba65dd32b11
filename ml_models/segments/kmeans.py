"""Lloyd's k-means from a given start, so that the same start gives the same groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ml_models.segments.base import CODES, Floats, Places

ROUNDS = 100
# Where a group lies that nobody belongs to: finite, since JSON knows no other.
NOWHERE = 1e6
# Rows whose distances are in memory at once.
AT_ONCE = 65_536
SAME = 1e-9


def squares(codes: Floats, centroids: Floats) -> Floats:
    """(rows, groups) of squared distances."""
    found = np.empty((len(codes), len(centroids)))
    for place, centroid in enumerate(centroids):
        away = codes - centroid
        found[:, place] = np.einsum("ij,ij->i", away, away)
    return found


def nearest(codes: Floats, centroids: Floats) -> Places:
    """(rows,): the group whose centroid is nearest."""
    parts = [
        squares(codes[at : at + AT_ONCE], centroids).argmin(axis=1)
        for at in range(0, len(codes), AT_ONCE)
    ]
    return np.concatenate([np.empty(0, np.int64), *parts])


def means(codes: Floats, groups: Places, count: int = len(CODES)) -> Floats:
    """(groups, width): NOWHERE for a group without members."""
    found = np.full((count, codes.shape[1]), NOWHERE)
    for group in range(count):
        mine = codes[groups == group]
        if len(mine):
            found[group] = mine.mean(axis=0)
    return found


def is_somewhere(centroids: Floats) -> NDArray[np.bool_]:
    """(groups,): somebody belongs there."""
    return np.asarray(centroids[:, 0] < NOWHERE)


def settle(
    codes: Floats, start: Places, anchors: Floats, pull: float
) -> tuple[Floats, int]:
    """Centroids (groups, width) from the groups of the start, and the rounds it took.

    1. A group without members begins at its anchor; one that has none, at the customer
       who lies farthest from their own.
    2. Everybody goes to the nearest centroid; each centroid to the middle of its own,
       `pull` of the way back to its anchor (groups, width): groups that wander off mean
       nothing to whoever named them.
    3. Until nobody moves.
    """
    groups = np.asarray(start)
    for number in range(1, ROUNDS + 1):
        centroids = means(codes, groups, len(anchors))
        held = is_somewhere(anchors)
        lost = held & ~is_somewhere(centroids)
        centroids[lost] = anchors[lost]
        fill(centroids, codes)
        centroids[held] += pull * (anchors[held] - centroids[held])
        found = nearest(codes, centroids)
        if np.array_equal(found, groups):
            return centroids, number
        groups = found
    return centroids, ROUNDS


def fill(centroids: Floats, codes: Floats) -> None:
    """Put groups that are nowhere where they are wanted most; fewer kinds of customers
    than groups leave some nowhere."""
    for group in np.flatnonzero(~is_somewhere(centroids)):
        away = squares(codes, centroids).min(axis=1)
        if not len(away) or away.max() < SAME:
            return
        centroids[group] = codes[away.argmax()]
