"""The lift of each of many small flows, each lending the others some strength.

A flow with forty customers says nearly nothing alone; that the others lifted by 5 % says
something about it. How alike flows are is learned from all of them: the more alike, the
more each is drawn to the common lift (a normal hierarchy, DerSimonian and Laird's model).
How alike is itself unsure with few flows, so it is averaged over, not estimated once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from ml_models.data import Floats
from ml_models.experiments.effect import refuse_odd
from ml_models.experiments.sums import NotEnoughError

STEPS = 400
# Halvings of a bracket: to 1e-15 of its width.
HALVINGS = 50


@dataclass(frozen=True)
class Lift:
    lift: float
    low: float
    high: float


@dataclass(frozen=True)
class Pooled:
    """`flows` in the order given. `common`: of a flow not seen yet, on average.

    `spread`: the standard deviation between flows' true lifts, as likely larger as smaller.
    """

    flows: tuple[Lift, ...]
    common: Lift
    spread: float


def pool(lifts: ArrayLike, errors: ArrayLike, alpha: float = 0.05) -> Pooled:
    """lifts, errors: (flows,) each flow's lift alone and its standard error.

    All in one unit: relative lifts, or all in money per person.
    """
    refuse_odd(alpha)
    found, noise = checked(lifts, errors)
    variances = noise**2
    between = plausible_spreads(variances)
    total = variances + between[:, None]
    weights = 1 / total
    common_variance = 1 / weights.sum(axis=1)
    common = (weights @ found) * common_variance
    belief = likelihood(found, total, common, common_variance)
    drawn = variances / total
    means = (1 - drawn) * found + drawn * common[:, None]
    rest = drawn * between[:, None] + drawn**2 * common_variance[:, None]
    flows = read(belief, means, rest, alpha)
    shared = read(belief, common[:, None], common_variance[:, None], alpha)
    return Pooled(tuple(flows), shared[0], middle_spread(belief, between))


def plausible_spreads(variances: Floats) -> Floats:
    """(steps,): variances between flows, each as likely as the next before the data.

    The uniform shrinkage prior (Daniels, 1999): how far a flow of usual noise is drawn to
    the others is anything from not at all to wholly.
    """
    usual = len(variances) / np.sum(1 / variances)
    shares = (np.arange(STEPS) + 0.5) / STEPS
    spreads: Floats = usual * (1 - shares) / shares
    return spreads


def likelihood(
    found: Floats, total: Floats, common: Floats, common_variance: Floats
) -> Floats:
    """(steps,): how well each spread between flows fits, adding up to 1."""
    misfit = (found - common[:, None]) ** 2 / total + np.log(total)
    fit = (np.log(common_variance) - misfit.sum(axis=1)) / 2
    grown = np.exp(fit - fit.max())
    shares: Floats = grown / grown.sum()
    return shares


def middle_spread(belief: Floats, between: Floats) -> float:
    """The median: a mean would be ruled by spreads that few flows cannot yet exclude."""
    # The largest spread stands first.
    return float(np.sqrt(between[np.searchsorted(np.cumsum(belief), 0.5)]))


def read(belief: Floats, means: Floats, variances: Floats, alpha: float) -> list[Lift]:
    """means, variances: (steps, flows), a normal for each step; belief: (steps,)."""
    low = quantiles(alpha / 2, belief, means, variances)
    high = quantiles(1 - alpha / 2, belief, means, variances)
    middle = belief @ means
    return [Lift(*map(float, row)) for row in zip(middle, low, high, strict=True)]


def quantiles(
    chance: float, belief: Floats, means: Floats, variances: Floats
) -> Floats:
    """(flows,) of mixtures of normals, by halving."""
    spreads = np.sqrt(variances)
    score = float(special.ndtri(chance))
    below = (means + score * spreads).min(axis=0)
    above = (means + score * spreads).max(axis=0)
    for _ in range(HALVINGS):
        middle = (below + above) / 2
        is_low = belief @ special.ndtr((middle - means) / spreads) < chance
        below, above = np.where(is_low, middle, below), np.where(is_low, above, middle)
    found: Floats = (below + above) / 2
    return found


def checked(lifts: ArrayLike, errors: ArrayLike) -> tuple[Floats, Floats]:
    found, noise = np.asarray(lifts, np.float64), np.asarray(errors, np.float64)
    if found.ndim != 1 or found.shape != noise.shape:
        raise ValueError("Each flow has a lift and a standard error.")
    if len(found) == 0:
        raise NotEnoughError("No flow has a lift yet.")
    if not np.all(np.isfinite(found) & np.isfinite(noise) & (noise > 0)):
        raise ValueError("Lifts are finite and their standard errors above 0.")
    return found, noise
