"""Which learned group bears which of the five names, and in which words.

Each name is a direction in the numbers (PROFILES). A group fits a name as far as its
middle lies in that direction; of all ways to give each group one name, the one with the
largest sum of fits is taken (Hungarian method), so that no name is given twice.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from ml_models.segments.base import CODES, Floats, Places
from ml_models.segments.kmeans import is_somewhere
from ml_models.segments.numbers import NAMES

PROFILES: dict[str, dict[str, float]] = {
    "vip": {"spent": 1.0, "average_order": 0.5, "pace": 0.5},
    "loyal": {"tenure": 1.0, "pace": 0.5, "coupons": -0.5, "spent": -0.25},
    "discount": {"coupons": 1.0, "reduced": 0.5, "low_prices": 0.25},
    "occasional": {"pace": -1.0, "recency": 0.5, "spent": -0.25, "tenure": 0.25},
    "new": {"tenure": -1.0, "orders": -0.5, "recency": -0.25},
}
# Names that fit nearly as well as the best ones stay, or a tie would swap them weekly.
NEARLY = 0.9
# The rule as merchants read it.
WORDS = {
    "vip": "The group that spends most, in all, in each order and in a year.",
    "loyal": "The group that orders often and has done so for long, mostly without "
    "coupons.",
    "discount": "The group that orders most with coupons and at reduced prices.",
    "occasional": "The group that orders seldom and has not ordered for the longest.",
    "new": "The group whose first order is the latest, and whoever has none yet.",
}


def directions() -> Floats:
    """(names, numbers): each of length 1."""
    found = np.array(
        [[PROFILES[code].get(name, 0.0) for name in NAMES] for code in CODES]
    )
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))


def fits(centers: Floats) -> Floats:
    """(groups, names). centers: (groups, numbers), the groups' middles as Scale.apply."""
    return np.asarray(centers @ directions().T)


def name(centers: Floats) -> Places:
    """(groups,): the name of each, one each; a group nowhere gets what is left."""
    found = fits(centers)
    found[~is_somewhere(centers)] = 0.0
    rows, columns = linear_sum_assignment(found, maximize=True)
    names = np.empty(len(centers), np.int64)
    names[rows] = columns
    return names


def is_true(names: Places, centers: Floats) -> bool:
    """Names (groups,) from elsewhere fit the groups nearly as well as any could."""
    found = fits(centers)
    found[~is_somewhere(centers)] = 0.0
    groups = np.arange(len(centers))
    best = found[groups, name(centers)].sum()
    return bool(found[groups, names].sum() >= best - (1 - NEARLY) * abs(best))
