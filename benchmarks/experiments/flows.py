"""Ten small flows, each with its holdout: what is lent is worth more than what is bent?"""

from __future__ import annotations

from typing import Any

import numpy as np

from ml_models.experiments import effect
from ml_models.experiments.difference import compare
from ml_models.experiments.pooling import pool
from ml_models.experiments.sums import Sums

SHOPS, FLOWS, RATE, MEAN_LIFT = 300, 10, 0.1, 0.15
# Of the flows' true lifts: all alike, somewhat, wildly different.
SPREADS = (0.0, 0.1, 0.5)


def measure() -> tuple[dict[str, float], list[dict[str, Any]]]:
    draw = np.random.default_rng(6_007)
    rows = [judge(draw, spread) for spread in SPREADS]
    figures = {
        "flows_coverage": min(row["pooled: held"] for row in rows),
        "flows_error_over_alone": max(row["error, pooled / alone"] for row in rows),
    }
    return figures, rows


def judge(draw: np.random.Generator, spread: float) -> dict[str, float]:
    alone, pooled, held, held_alone = [], [], [], []
    for _ in range(SHOPS):
        truth = RATE * draw.normal(MEAN_LIFT, spread, FLOWS).clip(-0.9, 3)
        people = draw.integers(1_000, 10_000, FLOWS)
        seen = [one_flow(draw, *flow) for flow in zip(people, truth, strict=True)]
        shared = pool(
            [each.absolute for each in seen], [each.standard_error for each in seen]
        )
        for flow, each, true in zip(shared.flows, seen, truth, strict=True):
            alone.append((each.absolute - true) ** 2)
            pooled.append((flow.lift - true) ** 2)
            held_alone.append(each.low <= true <= each.high)
            held.append(flow.low <= true <= flow.high)
    return {
        "spread of lifts": spread,
        "error, pooled / alone": float(np.sqrt(np.mean(pooled) / np.mean(alone))),
        "alone: held": float(np.mean(held_alone)),
        "pooled: held": float(np.mean(held)),
    }


def one_flow(draw: np.random.Generator, people: int, lift: float) -> effect.Effect:
    """A tenth of the people is held out: a hundred at least, as verdicts ask for."""
    out = int(people) // 10
    control = Sums.of_rate(out, int(draw.binomial(out, RATE)))
    mailed = int(people) - out
    treatment = Sums.of_rate(mailed, int(draw.binomial(mailed, RATE + lift)))
    return effect.measure(compare(control, treatment))
