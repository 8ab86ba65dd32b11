"""Many comparisons at once: the more one asks, the more chance answers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from ml_models.data import Floats


def holm(p_values: ArrayLike) -> Floats:
    """(tests,): adjusted so that one false claim among all stays as rare as alpha.

    For several treatments, or several metrics that each decide. Holm (1979).
    """
    chances = checked(p_values)
    order = np.argsort(chances, kind="stable")
    left = len(chances) - np.arange(len(chances))
    grown = np.maximum.accumulate(chances[order] * left)
    adjusted = np.empty_like(chances)
    adjusted[order] = np.minimum(grown, 1)
    return adjusted


def benjamini_hochberg(p_values: ArrayLike) -> Floats:
    """(tests,): adjusted so that of all claims at most a share alpha is false.

    For a list to look through: segments, placements, guard metrics.
    """
    chances = checked(p_values)
    if len(chances) == 0:
        return chances
    return np.asarray(stats.false_discovery_control(chances, method="bh"))


def checked(p_values: ArrayLike) -> Floats:
    chances = np.asarray(p_values, np.float64)
    if chances.ndim != 1 or not np.all((chances >= 0) & (chances <= 1)):
        raise ValueError("p-values are numbers from 0 to 1.")
    return chances
