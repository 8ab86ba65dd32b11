"""Tests of nothing against nothing, looked at every day: how many claim something?"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.experiments.crowds import DAYS, PEOPLE_A_DAY, days_of_arm
from ml_models.experiments import effect
from ml_models.experiments.difference import compare
from ml_models.experiments.sequential import measure_always
from ml_models.experiments.sums import NotEnoughError, Sums

TESTS = 1_000
METRICS = {
    "money": "revenue per visitor",
    "buyers": "share who buy",
    "order_value": "value per order",
}
# The size planned, and half and three times of it: plans are seldom right.
TARGETS = {"as planned": 1.0, "half as many planned": 0.5, "three times": 3.0}


def measure() -> tuple[dict[str, float], list[dict[str, Any]]]:
    draw = np.random.default_rng(6_001)
    rules = ["once", *TARGETS]
    claims = {(metric, rule): 0 for metric in METRICS for rule in rules}
    for _ in range(TESTS):
        control, treatment = days_of_arm(draw), days_of_arm(draw)
        for metric in METRICS:
            looks = list(
                zip(getattr(control, metric), getattr(treatment, metric), strict=True)
            )
            for rule in claimed(looks):
                claims[metric, rule] += 1
    shares = {place: count / TESTS for place, count in claims.items()}
    rows = [
        {
            "metric": METRICS[metric],
            "usual interval, daily": shares[metric, "once"],
            **{f"always valid, {rule}": shares[metric, rule] for rule in TARGETS},
        }
        for metric in METRICS
    ]
    worst = max(share for (_, rule), share in shares.items() if rule != "once")
    usual = min(share for (_, rule), share in shares.items() if rule == "once")
    figures = {"aa_false_positive_rate": worst, "aa_usual_interval_daily": usual}
    return figures, rows


def claimed(looks: list[tuple[Sums, Sums]]) -> set[str]:
    """The rules that claim a difference on any day."""
    found: set[str] = set()
    people = DAYS * PEOPLE_A_DAY
    for control, treatment in looks:
        try:
            difference = compare(control, treatment)
        except NotEnoughError:
            continue
        if effect.measure(difference).p_value < 0.05:
            found.add("once")
        for rule, times in TARGETS.items():
            seen = measure_always(difference, people * times)
            if seen.low > 0 or seen.high < 0:
                found.add(rule)
    return found
