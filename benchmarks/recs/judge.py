"""Measures one model on one trial: quality, interval, seconds, memory."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.recs.sets import Trial
from ml_models.exam import Grades
from ml_models.grading import grade
from ml_models.recommenders.base import Recommender

DRAWS = 1_000


@dataclass(frozen=True)
class Measured:
    """`seconds` is what fitting took; `peak_mib` the process' highest memory so far."""

    grades: Grades
    seconds: float
    peak_mib: float
    products: int

    @property
    def ndcg(self) -> float:
        return float(self.grades.ndcg.mean())

    def row(self) -> dict[str, Any]:
        low, high = bootstrap(self.grades.ndcg)
        return {
            "NDCG@10": f"{self.ndcg:.4f}",
            "95 %": f"{low:.4f}-{high:.4f}",
            "Recall@20": f"{self.grades.recall.mean():.4f}",
            "coverage": f"{self.grades.coverage(self.products):.3f}",
            "fit s": f"{self.seconds:.1f}",
            "peak MiB": f"{self.peak_mib:.0f}",
        }


def measure(model: Recommender, trial: Trial) -> Measured:
    """Fit on all before the test, answer the test."""
    begun = time.monotonic()
    model.fit(trial.known, trial.goods)
    seconds = time.monotonic() - begun
    found = grade(model, trial.test)
    return Measured(found, seconds, peak_mib(), trial.known.product_count)


def validate(model: Recommender, trial: Trial) -> float:
    """NDCG@10 on the validation, of a model that learns only from what is before it."""
    model.fit(trial.past, trial.goods)
    return float(grade(model, trial.validation).ndcg.mean())


def bootstrap(values: NDArray[np.float64], seed: int = 0) -> tuple[float, float]:
    """95 % interval of the mean, drawn over cases."""
    chance = np.random.default_rng(seed)
    means = [chance.choice(values, len(values)).mean() for _ in range(DRAWS)]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
