"""Whether today still looks like what a model learned from. Pure.

A version's card keeps shares by quantile bins, never the samples themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from apps.registry.services.trials import Trials

BINS = 10
# An empty bin would make the index infinite.
FLOOR = 0.001
# Below, chance alone moves the index by a tenth.
LEAST_SAMPLE = 200
# The rule of thumb of credit scoring, where the index comes from.
INPUT_LIMIT = 0.25
# Live success is compared with the four weeks before the last one.
RECENT_DAYS = 7
LEAST_TRIES = 500
# How much of the expected success may be missing.
TOLERANCE = 0.15
Z = 1.959964


def bins_of(sample: Sequence[float]) -> dict[str, Any]:
    """Edges at the deciles, fewer where values repeat, and the share of each bin."""
    values = finite(sample)
    if not len(values):
        return {"edges": [], "shares": [1.0], "count": 0}
    edges = np.unique(np.quantile(values, np.arange(1, BINS) / BINS))
    return {
        "edges": edges.tolist(),
        "shares": shares(values, edges).tolist(),
        "count": len(values),
    }


def psi(bins: Mapping[str, Any], sample: Sequence[float]) -> float | None:
    """Population stability index: 0 alike, above 0.25 shifted; None: too few to say."""
    values = finite(sample)
    if min(bins["count"], len(values)) < LEAST_SAMPLE:
        return None
    expected = np.maximum(np.asarray(bins["shares"], np.float64), FLOOR)
    actual = np.maximum(shares(values, np.asarray(bins["edges"])), FLOOR)
    return float(((actual - expected) * np.log(actual / expected)).sum())


def finite(sample: Sequence[float]) -> Any:
    values = np.asarray(sample, np.float64)
    return values[np.isfinite(values)]


def shares(values: Any, edges: Any) -> Any:
    """The share of each bin; an edge belongs to the bin above it."""
    found = np.bincount(
        np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1
    )
    return found / len(values)


def shifted(
    known: Mapping[str, Mapping[str, Any]], samples: Mapping[str, Sequence[float]]
) -> dict[str, float]:
    """The index of each input past its limit, by name."""
    found = {
        name: psi(known[name], sample)
        for name, sample in samples.items()
        if name in known
    }
    return {
        name: round(index, 4)
        for name, index in found.items()
        if index is not None and index > INPUT_LIMIT
    }


@dataclass(frozen=True)
class Rate:
    """A share with Wilson's 95 % interval."""

    tries: int
    rate: float
    low: float
    high: float


def rate(days: Sequence[Trials]) -> Rate:
    tries = sum(day.tries for day in days)
    hits = sum(day.hits for day in days)
    if not tries:
        return Rate(0, 0.0, 0.0, 1.0)
    share = hits / tries
    middle = (share + Z * Z / (2 * tries)) / (1 + Z * Z / tries)
    half = sqrt(share * (1 - share) / tries + (Z / (2 * tries)) ** 2)
    half = half * Z / (1 + Z * Z / tries)
    return Rate(tries, share, middle - half, middle + half)


def degraded(days: Sequence[Trials]) -> str:
    """Why live success is past its limit; empty where it is not, or nobody can say.

    `days`: oldest first; the last RECENT_DAYS calendar days against those before.
    """
    if not days:
        return ""
    last = days[-1].day.toordinal()
    is_recent = [last - day.day.toordinal() < RECENT_DAYS for day in days]
    recent = rate([d for d, new in zip(days, is_recent, strict=True) if new])
    before = rate([d for d, new in zip(days, is_recent, strict=True) if not new])
    if min(recent.tries, before.tries) < LEAST_TRIES:
        return ""
    if recent.high >= before.rate * (1 - TOLERANCE):
        return ""
    return (
        f"It succeeds less often than expected: {recent.rate:.2%} of the last "
        f"{RECENT_DAYS} days against {before.rate:.2%} before."
    )
