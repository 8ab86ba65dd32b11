"""Logistic regression with a normal prior, solved by Newton's steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from ml_models.data import Floats

STEPS = 50
CLOSE = 1e-8


def solve(
    features: Floats,
    hits: Floats,
    weights: Floats,
    center: Floats,
    precision: Floats,
) -> Floats:
    """(features,): the likeliest coefficients; center and precision of the prior: (features,).

    features: (rows, features); hits: (rows,) 0 or 1; weights: (rows,).
    """
    found = center.copy()
    for _ in range(STEPS):
        chances = special.expit(features @ found)
        slope = features.T @ (weights * (hits - chances)) - precision * (found - center)
        spread = weights * chances * (1 - chances)
        bend = (features * spread[:, None]).T @ features + np.diag(precision)
        step = np.linalg.solve(bend, slope)
        # Far from the answer a whole step may leap over it.
        found = found + step / max(1.0, float(np.abs(step).max()) / 2)
        if np.abs(step).max() < CLOSE:
            break
    return found


@dataclass(frozen=True)
class Logistic:
    """Of scaled features: `means`, `spreads` and `coefficients` are (features,)."""

    means: Floats
    spreads: Floats
    coefficients: Floats
    intercept: float

    def contributions(self, features: Floats) -> Floats:
        """(rows, features + 1): what each feature adds to the log-odds; last, what all
        start from."""
        parts = (features - self.means) / self.spreads * self.coefficients
        found: Floats = np.column_stack([parts, np.full(len(parts), self.intercept)])
        return found

    def log_odds(self, features: Floats) -> Floats:
        """(rows,)."""
        found: Floats = self.contributions(features).sum(axis=1)
        return found


def learn(
    features: Floats, hits: Floats, weights: Floats, strictness: float
) -> Logistic:
    """`strictness`: the prior's precision of each scaled coefficient; of the intercept
    nothing is assumed."""
    means = np.average(features, axis=0, weights=weights)
    spreads = np.sqrt(np.average((features - means) ** 2, axis=0, weights=weights))
    spreads = np.where(spreads > 1e-9, spreads, 1.0)
    scaled = np.column_stack([(features - means) / spreads, np.ones(len(features))])
    precision = np.append(np.full(features.shape[1], strictness), 1e-6)
    found = solve(scaled, hits, weights, np.zeros(scaled.shape[1]), precision)
    return Logistic(means, spreads, found[:-1], float(found[-1]))
