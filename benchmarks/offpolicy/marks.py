"""Estimates of many repetitions beside the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ml_models.offpolicy.estimators import Estimate

SEED = 0
DECISIONS = 3000
# Decisions of which the truth is the mean: so many that its own error does not count.
MANY = 400_000

Row = dict[str, Any]


@dataclass(frozen=True)
class Marks:
    """Of one estimator: how far from the truth, and how often around it."""

    found: list[Estimate]
    truth: float
    # How often the verdict would let it speak.
    answered: float

    @property
    def error(self) -> float:
        values = np.array([one.value for one in self.found])
        return float(np.sqrt(((values - self.truth) ** 2).mean()))

    @property
    def coverage(self) -> float:
        return float(np.mean([one.low <= self.truth <= one.high for one in self.found]))

    def row(self, log: str, name: str) -> Row:
        width = float(np.mean([one.high - one.low for one in self.found]))
        return {
            "log": log,
            "estimate": name,
            "truth": f"{self.truth:.4f}",
            "mean": f"{np.mean([one.value for one in self.found]):.4f}",
            "RMSE": f"{self.error:.4f}",
            "95 % holds": self.coverage,
            "answered": self.answered,
            "width": f"{width:.4f}",
            "ESS": round(float(np.mean([one.effective_size for one in self.found]))),
            "largest weight": f"{np.mean([one.largest_weight for one in self.found]):.1f}",
        }
