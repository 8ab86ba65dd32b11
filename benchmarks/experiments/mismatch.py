"""Arms that lose people: how soon does the alarm ring, and how often without cause?"""

from __future__ import annotations

from typing import Any

import numpy as np

from ml_models.experiments.sample_ratio import ALARM, check_ratio

TESTS, DAYS, PEOPLE_A_DAY = 1_000, 28, 2_000
# The share of people in the first arm, of one half promised.
SHARES = (0.5, 0.505, 0.51, 0.52)


def measure() -> tuple[dict[str, float], list[dict[str, Any]]]:
    draw = np.random.default_rng(6_005)
    rows = [ring(draw, share) for share in SHARES]
    safe = {row["share of half"]: row["safe alarm"] for row in rows}
    figures = {
        "mismatch_false_alarm_rate": safe[0.5],
        "mismatch_found_rate": safe[0.52],
        "mismatch_found_rate_1_point": safe[0.51],
    }
    return figures, rows


def ring(draw: np.random.Generator, share: float) -> dict[str, Any]:
    """Which of the tests ring on any day; looked at on each of 28."""
    arrived = draw.binomial(PEOPLE_A_DAY, share, (TESTS, DAYS)).cumsum(axis=1)
    people = PEOPLE_A_DAY * np.arange(1, DAYS + 1)
    checks = [
        [
            check_ratio([int(n), int(all_ - n)], [1, 1])
            for n, all_ in zip(test, people, strict=True)
        ]
        for test in arrived
    ]
    safe = np.array([[check.is_alarming for check in test] for test in checks])
    usual = np.array([[check.p_value < ALARM for check in test] for test in checks])
    rung = safe.any(axis=1)
    return {
        "share of half": share,
        "safe alarm": float(rung.mean()),
        "on day (median)": str(1 + int(np.median(safe[rung].argmax(axis=1))))
        if rung.any()
        else "",
        "chi-square, daily": float(usual.any(axis=1).mean()),
        "chi-square, last day": float(usual[:, -1].mean()),
    }
