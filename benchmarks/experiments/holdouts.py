"""A holdout of 5 % and a mail that does nothing: how many verdicts claim something?

The smaller arm has few orders for long, and skew does not cancel out as it does between
equal arms.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.experiments.crowds import DAYS, days_of_arm
from benchmarks.experiments.peeking import METRICS
from ml_models.experiments.difference import compare
from ml_models.experiments.sequential import measure_always
from ml_models.experiments.sums import NotEnoughError, Sums
from ml_models.experiments.verdict import Answer, Plan, judge

TESTS, HELD_OUT, OTHERS = 1_000, 50, 950
TARGET = 2 * DAYS / (1 / HELD_OUT + 1 / OTHERS)


def measure() -> tuple[dict[str, float], list[dict[str, Any]]]:
    draw = np.random.default_rng(6_008)
    verdicts, intervals = dict.fromkeys(METRICS, 0), dict.fromkeys(METRICS, 0)
    for _ in range(TESTS):
        control = days_of_arm(draw, people_a_day=HELD_OUT)
        treatment = days_of_arm(draw, people_a_day=OTHERS)
        for metric in METRICS:
            looks = zip(
                getattr(control, metric), getattr(treatment, metric), strict=True
            )
            claims = [claim(*look) for look in looks]
            verdicts[metric] += any(verdict for verdict, _ in claims)
            intervals[metric] += any(interval for _, interval in claims)
    rows = [
        {
            "metric": METRICS[metric],
            "verdicts": verdicts[metric] / TESTS,
            "always valid, unguarded": intervals[metric] / TESTS,
        }
        for metric in METRICS
    ]
    return {"aa_holdout_false_verdict_rate": max(verdicts.values()) / TESTS}, rows


def claim(control: Sums, treatment: Sums) -> tuple[bool, bool]:
    """By the verdict, and by the interval alone."""
    told = judge(control, treatment, Plan(target=TARGET), metric="")
    try:
        seen = measure_always(compare(control, treatment), TARGET)
    except NotEnoughError:
        return False, False
    has_verdict = told.answer in {Answer.BETTER, Answer.WORSE}
    return has_verdict, seen.low > 0 or seen.high < 0
