"""Did the arms get the people that they were promised? If not, no result is believed.

A mismatch comes from lost exposures, bots, redirects: whoever is missing is seldom missing
by chance. The alarm is rarer than 1 in 1,000, since it stops a test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from ml_models.data import Floats

ALARM = 0.001
# How narrowly the mixture lies around the promise. Tried from 100 to 30,000: at 200, 2,000
# and 20,000 people a day, none finds shares that are off by 1 to 5 points much sooner.
CONCENTRATION = 1000.0


@dataclass(frozen=True)
class SampleRatio:
    """`p_value` is right for one look; `safe_p_value` for a look a day, without end."""

    shares: tuple[float, ...]
    expected: tuple[float, ...]
    p_value: float
    safe_p_value: float

    @property
    def is_alarming(self) -> bool:
        """By the safe one: it is looked at every day."""
        return self.safe_p_value < ALARM


def check_ratio(counts: Sequence[int], weights: Sequence[float]) -> SampleRatio:
    """counts: people in each arm; weights: the allocation, in any unit."""
    seen, promised = np.asarray(counts, np.int64), np.asarray(weights, np.float64)
    if seen.shape != promised.shape or len(seen) < 2:
        raise ValueError("Each of two or more arms has a count and a weight.")
    if np.any(seen < 0) or not np.all(np.isfinite(promised) & (promised > 0)):
        raise ValueError("Counts are not negative and weights are above 0.")
    expected = promised / promised.sum()
    total = int(seen.sum())
    shares = seen / total if total else expected
    once = float(stats.chisquare(seen, expected * total).pvalue) if total else 1.0
    return SampleRatio(
        tuple(map(float, shares)),
        tuple(map(float, expected)),
        once,
        safe(seen, expected),
    )


def safe(seen: NDArray[np.int64], expected: Floats) -> float:
    """Dirichlet mixture against the promise (Lindon and Malek, 2022, arxiv.org/abs/2011.03567).

    The ratio of both likelihoods is a bet that is fair while the promise holds; that it
    ever reaches 1,000 has a chance of 1 in 1,000 (Ville).
    """
    prior = CONCENTRATION * expected
    evidence = log_beta(prior + seen) - log_beta(prior) - float(seen @ np.log(expected))
    return float(np.exp(-max(evidence, 0.0)))


def log_beta(parts: Floats) -> float:
    return float(special.gammaln(parts).sum() - special.gammaln(parts.sum()))
