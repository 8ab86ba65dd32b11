"""Members as one: weights learned on a window after what they saw, and the level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from ml_models.data import Floats
from ml_models.value.logistic import solve

# Rhythm, logistic, LightGBM: what a window must speak against.
CENTER = np.array([0.0, 0.5, 0.5])
# One deviation is 0.03: a window is one season of one shop. On windows of the past equal
# weights were never worse than those that one window alone had chosen.
PRECISION = 1000.0
# How much of the level is learned from past days: on 13 windows of two shops, all before
# those of the benchmark, the mean chance was off least so: by 7 %, by 8 % at a half or all.
LEARNED_SHARE = 0.75
FARTHEST = 30.0


@dataclass(frozen=True)
class Blend:
    """`weights`: (members,) of log-odds; `shift` is added to all."""

    weights: Floats
    shift: float = 0.0

    def log_odds(self, members: Floats, trust: float) -> Floats:
        """members: (customers, members), the rhythm first; nothing learned is trusted
        where trust is 0."""
        learned = members @ self.weights
        found: Floats = trust * learned + (1 - trust) * members[:, 0] + self.shift
        return found


def weigh(members: Floats, bought: Floats) -> Floats:
    """(members,): weights and, by their sum, the slope (Platt). The window's own level is
    left out: the next one's is another."""
    features = np.column_stack([members, np.ones(len(members))])
    center = np.append(CENTER, 0.0)
    precision = np.append(np.full(len(CENTER), PRECISION), 1e-6)
    return solve(features, bought, np.ones(len(bought)), center, precision)[:-1]


def level(learned: Floats, rhythm: Floats, trust: float) -> float:
    """The shift after which the mean chance lies between both.

    What was learned carries the level of past days, good or bad; a rhythm knows of no
    season, but expects too little of customers whom it calls gone.
    """
    means = special.expit(learned).mean(), special.expit(rhythm).mean()
    share = LEARNED_SHARE * trust
    wanted = share * means[0] + (1 - share) * means[1]

    def miss(shift: float) -> float:
        return float(special.expit(learned + shift).mean() - wanted)

    return float(optimize.brentq(miss, -FARTHEST, FARTHEST))
