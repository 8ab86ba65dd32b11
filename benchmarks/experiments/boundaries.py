"""Three intervals that hold under daily looks: which is tightest at the planned size?

Differences are drawn as sums of normal days, so that only the boundaries differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import optimize, special

from ml_models.data import Floats
from ml_models.experiments.sequential import width

TESTS, DAYS, ALPHA = 20_000, 28, 0.05
# In standard errors on the last day: found by 80 % of tests of the chosen interval.
TRUE_EFFECT = 3.035 + 0.842


def sized(share: float) -> float:
    """Ours: a normal mixture as wide as the planned size asks for."""
    return width(share, 1, ALPHA)


def by_effect(share: float) -> float:
    """Mixture SPRT whose mixing spread is the effect hoped for, here as large as it is."""
    mixing = share * TRUE_EFFECT**2
    return math.sqrt((1 + 1 / mixing) * (math.log1p(mixing) - 2 * math.log(ALPHA)))


def late_start(share: float, start: float = 0.1) -> float:
    """Robbins and Siegmund (1970): nothing is claimed before a tenth of the planned size."""
    if share < start:
        return math.inf
    return math.sqrt(LATE**2 + math.log(share / start))


LATE = float(
    optimize.brentq(
        lambda a: (
            2 * special.ndtr(-a)
            + 2 * a * math.exp(-a * a / 2) / math.sqrt(2 * math.pi)
            - ALPHA
        ),
        1,
        5,
    )
)
RULES: dict[str, Callable[[float], float]] = {
    "normal mixture, sized by people (ours)": sized,
    "mixture SPRT, sized by the true effect": by_effect,
    "normal mixture from a tenth on": late_start,
    "looked at once": lambda share: float(special.ndtri(1 - ALPHA / 2)),
}


def measure() -> tuple[dict[str, float], list[dict[str, Any]]]:
    draw = np.random.default_rng(6_006)
    shares = np.arange(1, DAYS + 1) / DAYS
    walks = draw.normal(size=(TESTS, DAYS)).cumsum(axis=1) / np.sqrt(DAYS)
    rows = [judge(name, rule, shares, walks) for name, rule in RULES.items()]
    return {"always_valid_width": rows[0]["width at the planned size"]}, rows


def judge(
    name: str, rule: Callable[[float], float], shares: Floats, walks: Floats
) -> dict[str, Any]:
    limits = np.array([rule(share) for share in shares])
    nothing = np.abs(walks) / np.sqrt(shares) > limits
    found = (walks + TRUE_EFFECT * shares) / np.sqrt(shares) > limits
    # Who found nothing waits until the end.
    days = np.where(found.any(axis=1), 1 + found.argmax(axis=1), DAYS)
    return {
        "interval": name,
        "width at the planned size": float(limits[-1]),
        "false, daily": float(nothing.any(axis=1).mean()),
        "effect found": float(found.any(axis=1).mean()),
        "days, mean": float(days.mean()),
        "days, 9 of 10": float(np.quantile(days, 0.9)),
    }
