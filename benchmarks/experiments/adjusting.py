"""CUPED leaves 1 - rho^2 of the variance, as theory says?"""

from __future__ import annotations

from typing import Any

import numpy as np

from ml_models.experiments.cuped import compare_adjusted
from ml_models.experiments.difference import compare
from ml_models.experiments.sums import Sums

TESTS, PEOPLE = 4_000, 200
CORRELATIONS = (0.0, 0.3, 0.6, 0.9)


def measure() -> tuple[dict[str, float], list[dict[str, Any]]]:
    draw = np.random.default_rng(6_004)
    rows = [left(draw, correlation) for correlation in CORRELATIONS]
    away = max(abs(row["between tests"] - row["theory"]) for row in rows)
    return {"cuped_distance_from_theory": away}, rows


def left(draw: np.random.Generator, correlation: float) -> dict[str, float]:
    """Between tests: how the estimates of many tests vary; told: what each says of itself."""
    plain, adjusted, told = [], [], []
    for _ in range(TESTS):
        arms = [arm(draw, correlation) for _ in range(2)]
        found = compare_adjusted(*arms)
        plain.append(compare(*arms).absolute)
        adjusted.append(found.difference.absolute)
        told.append(found.variance_left)
    return {
        "correlation": correlation,
        "theory": 1 - correlation**2,
        "between tests": float(np.var(adjusted) / np.var(plain)),
        "told": float(np.mean(told)),
    }


def arm(draw: np.random.Generator, correlation: float) -> Sums:
    before, noise = draw.normal(size=(2, PEOPLE))
    during = correlation * before + np.sqrt(1 - correlation**2) * noise
    return Sums.of(50 + 20 * during, 30 + 10 * before)
