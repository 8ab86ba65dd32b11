"""A known effect is planted; how often does the interval hold it?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.experiments.crowds import (
    BUY_AT_ONCE,
    DAYS,
    MEAN_VALUE,
    PEOPLE_A_DAY,
    RATE,
    Crowd,
    Days,
    crowd,
    days_of_arm,
)
from ml_models.experiments import effect
from ml_models.experiments.cuped import compare_adjusted
from ml_models.experiments.difference import Difference, compare
from ml_models.experiments.effect import Effect
from ml_models.experiments.sequential import measure_always
from ml_models.experiments.sums import NotEnoughError, Sums

LIFT = 0.1
# So many that chance moves a share of 95 % by less than 0.5 points.
ONCE, PEOPLE = 8_000, 2_000
DAILY = 1_000
SPEND = RATE * MEAN_VALUE * LIFT
RATIO = MEAN_VALUE * LIFT


def mean(arms: list[Crowd]) -> Difference:
    return compare(*(Sums.of(arm.money) for arm in arms))


def ratio(arms: list[Crowd]) -> Difference:
    return compare(*(Sums.of(arm.money, d=arm.orders) for arm in arms))


def adjusted(arms: list[Crowd]) -> Difference:
    return compare_adjusted(
        *(Sums.of(arm.money, arm.before) for arm in arms)
    ).difference


# What is compared; the true difference.
KINDS: dict[str, tuple[Callable[[list[Crowd]], Difference], float]] = {
    "mean": (mean, SPEND),
    "ratio": (ratio, RATIO),
    "cuped": (adjusted, SPEND),
}


def measure() -> tuple[dict[str, float], list[dict[str, Any]]]:
    held = {**once(), **daily()}
    rows = [
        {"interval": name, "tests": tests, "held": share}
        for name, (tests, share) in held.items()
    ]
    fixed = [share for name, (_, share) in held.items() if name.startswith("once")]
    always = [share for name, (_, share) in held.items() if name.startswith("daily")]
    figures = {
        "coverage_95": max(fixed, key=lambda share: abs(share - 0.95)),
        "always_valid_coverage": min(always),
    }
    return figures, rows


def once() -> dict[str, tuple[int, float]]:
    """Looked at once: absolute and relative, of a mean, a ratio and an adjusted mean."""
    draw = np.random.default_rng(6_002)
    held: dict[str, int] = {}
    for _ in range(ONCE):
        arms = [crowd(draw, PEOPLE), crowd(draw, PEOPLE, LIFT)]
        for kind, (compared, truth) in KINDS.items():
            seen = effect.measure(compared(arms))
            for name, holds in (
                (f"once, {kind}", seen.low <= truth <= seen.high),
                (f"once, {kind}, relative", holds_lift(seen)),
            ):
                held[name] = held.get(name, 0) + holds
    return {name: (ONCE, count / ONCE) for name, count in held.items()}


def holds_lift(seen: Effect) -> bool:
    """Not known is an interval without ends."""
    if seen.relative_low is None or seen.relative_high is None:
        return True
    return seen.relative_low <= LIFT <= seen.relative_high


def daily() -> dict[str, tuple[int, float]]:
    """Held on each of 28 days, or not held."""
    draw = np.random.default_rng(6_003)
    # Nobody orders twice here: then the true difference is the same on each day.
    truths = {
        "money": BUY_AT_ONCE * MEAN_VALUE * LIFT,
        "order_value": MEAN_VALUE * LIFT,
    }
    held = dict.fromkeys(truths, 0)
    for _ in range(DAILY):
        arms = days_of_arm(draw, again=0), days_of_arm(draw, LIFT, again=0)
        for metric, truth in truths.items():
            held[metric] += all(holds_daily(arms, metric, truth))
    return {
        f"daily, {metric}, absolute and relative": (DAILY, count / DAILY)
        for metric, count in held.items()
    }


def holds_daily(arms: tuple[Days, Days], metric: str, truth: float) -> list[bool]:
    holds = []
    for pair in zip(*(getattr(arm, metric) for arm in arms), strict=True):
        try:
            seen = measure_always(compare(*pair), DAYS * PEOPLE_A_DAY)
        except NotEnoughError:
            continue
        holds.append(seen.low <= truth <= seen.high and holds_lift(seen))
    return holds
