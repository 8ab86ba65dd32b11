"""Policies that fill a shelf by values and now and then by chance, as ours does.

Place by place: the best that is left, or with the share of exploration any that is left.
"""

from __future__ import annotations

import numpy as np

from ml_models.data import Floats, Ints
from ml_models.offpolicy.log import NOBODY, UnusableLogError


def chances_given(
    values: Floats,
    candidates: Ints,
    shown: Ints,
    share: float,
    *,
    variety: float = 0.0,
    likeness: Floats | None = None,
) -> Floats:
    """(n, k, width): the chance of each candidate at each place, given what is shown above.

    values: (n, width), the best is largest, the first of equals; candidates: (n, width),
    shown: (n, k), as in Slates; likeness: (n, width, width), of which `variety` takes the
    greatest to what stands above off a value, as
    (1 - variety) * value - variety * likeness (Carbonell and Goldstein 1998).
    """
    refuse_share(share)
    if variety and likeness is None:
        raise UnusableLogError("Variety needs to know what is like what.")
    rows = np.arange(len(shown))
    left = candidates != NOBODY
    closest = np.zeros(values.shape)
    found = np.zeros((*shown.shape, values.shape[1]))
    for place in range(shown.shape[1]):
        worth = np.where(left, (1 - variety) * values - variety * closest, -np.inf)
        count = left.sum(1)
        some = count > 0
        found[some, place] = left[some] * (share / count[some])[:, None]
        found[rows[some], place, worth.argmax(1)[some]] += 1 - share
        there = shown[:, place] != NOBODY
        column = np.where(there, shown[:, place], 0)
        left[rows[there], column[there]] = False
        if likeness is not None:
            closest = np.maximum(closest, likeness[rows, column])
    return found


def marginals(values: Floats, candidates: Ints, places: int, share: float) -> Floats:
    """(n, places, width): the chance of each candidate at each place, whatever stands
    above. Exact, and only without variety."""
    refuse_share(share)
    there = candidates != NOBODY
    order = np.argsort(np.where(there, -values, np.inf), axis=1, kind="stable")
    ranks = np.argsort(order, axis=1, kind="stable")
    found = np.zeros((len(values), places, values.shape[1]))
    counts = there.sum(1)
    for count in np.unique(counts):
        table = np.zeros((places, values.shape[1]))
        table[:, :count] = by_rank(int(count), places, share)
        rows = np.flatnonzero(counts == count)
        found[rows] = table[:, ranks[rows]].transpose(1, 0, 2)
    return found


def by_rank(count: int, places: int, share: float) -> Floats:
    """(places, count): the chance of each rank at each place.

    A candidate only cares for how many better ones are left, so that is all to follow:
    alive[r, b] is the chance that rank r is not placed yet and b better ones are left.
    """
    alive = np.eye(count)
    better = np.arange(count)
    found = np.zeros((places, count))
    for place in range(min(places, count)):
        left = count - place
        taken = share / left + np.where(better == 0, 1 - share, 0.0)
        found[place] = alive @ taken
        above = share * better / left + np.where(better > 0, 1 - share, 0.0)
        # Fewer are left than `better` counts: no such state, whatever its chance.
        below = np.maximum(share * (left - 1 - better) / left, 0.0)
        stays = alive * below
        stays[:, :-1] += (alive * above)[:, 1:]
        alive = stays
    return found


def refuse_share(share: float) -> None:
    if not 0 <= share <= 1:
        raise UnusableLogError("A share of exploration is between 0 and 1.")
