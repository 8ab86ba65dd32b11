"""The same group keeps its name from one training to the next, and few customers move."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from ml_models.segments.base import CODES, Crowd, Grouper, Places

# More than this share of the customers may not change the segment by a training alone.
MOST_MOVED = 0.1


def align(new: Places, old: Places) -> Places:
    """(groups,): for each new group the old name under which most of it is known.

    new, old: (customers,), the same customers in the same order. One to one (Hungarian
    method), so that as few as possible change their name.
    """
    count = len(CODES)
    shared = np.zeros((count, count))
    np.add.at(shared, (new, old), 1)
    rows, columns = linear_sum_assignment(shared, maximize=True)
    names = np.empty(count, np.int64)
    names[rows] = columns
    return names


def moved(new: Grouper, old: Grouper, crowd: Crowd) -> float:
    """The share of buyers whom the new one puts elsewhere than the old one.

    Both are asked about the same numbers, so it counts only what the training does:
    nobody is among them whose own numbers changed.
    """
    buyers = crowd.take(crowd.is_buyer)
    if not len(buyers):
        return 0.0
    return float((new.assign(buyers) != old.assign(buyers)).mean())
