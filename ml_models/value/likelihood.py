"""The likeliest positive parameters under a weak prior, in logs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from ml_models.data import Floats

# Of the logarithm of the likelihood, relative: far below what customers can tell.
CLOSE = 1e-8


@dataclass(frozen=True)
class Prior:
    """Normal, of the logs of the parameters: (parameters,) each."""

    center: Floats
    deviation: Floats


def maximize(log_likelihood: Callable[[Floats], float], prior: Prior) -> Floats:
    """(parameters,): finite also where nobody bought twice, since the prior holds."""

    def misfit(logs: Floats) -> float:
        far = (logs - prior.center) / prior.deviation
        return float(far @ far) / 2 - log_likelihood(np.exp(logs))

    # Eight deviations to each side: as good as anywhere, and nothing overflows.
    bounds = [
        (center - 8 * deviation, center + 8 * deviation)
        for center, deviation in zip(prior.center, prior.deviation, strict=True)
    ]
    found = optimize.minimize(
        misfit, prior.center, method="L-BFGS-B", bounds=bounds, options={"ftol": CLOSE}
    )
    best: Floats = np.exp(found.x)
    return best


def compress(*columns: Floats) -> tuple[tuple[Floats, ...], Floats]:
    """Rows that are alike once, and how many of each there are: many bought once."""
    rows, counts = np.unique(np.column_stack(columns), axis=0, return_counts=True)
    return tuple(rows.T), counts.astype(np.float64)
