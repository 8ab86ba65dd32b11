"""Visitors of a believable shop: few buy, some come back, order values are skewed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml_models.data import Floats
from ml_models.experiments.sums import Sums

DAYS = 28
PEOPLE_A_DAY = 200
# Of an order's value: its middle is 49 at a mean of 81, one of a hundred is over 500.
LOG_MEAN, LOG_SPREAD = 3.9, 1.0
MEAN_VALUE = float(np.exp(LOG_MEAN + LOG_SPREAD**2 / 2))
BUY_AT_ONCE, BUY_AGAIN = 0.04, 0.02


@dataclass(frozen=True)
class Days:
    """One arm at the end of each day, (days,) each; people count from their first visit."""

    money: list[Sums]
    buyers: list[Sums]
    order_value: list[Sums]


def days_of_arm(
    draw: np.random.Generator,
    lift: float = 0.0,
    again: float = BUY_AGAIN,
    people_a_day: int = PEOPLE_A_DAY,
) -> Days:
    """`lift` on each order's value; `again`: the share who order once more, days later.

    Who was counted on the first day may still buy on the last: sums change afterwards.
    """
    people = DAYS * people_a_day
    came = np.repeat(np.arange(DAYS), people_a_day)
    now = draw.random(people) < BUY_AT_ONCE
    later = draw.random(people) < again
    back = came + draw.geometric(0.2, people)
    later &= back < DAYS
    first = now * values(draw, people) * (1 + lift)
    second = later * values(draw, people) * (1 + lift)

    def grown(at_once: Floats, afterwards: Floats) -> Floats:
        """(days,): what was added on the first visit and later, up to each day."""
        added = np.bincount(came, at_once, DAYS)
        added += np.bincount(back[later], afterwards[later], DAYS)
        return added.cumsum()

    y = grown(first, second)
    yy = grown(first**2, second * (2 * first + second))
    d = grown(1.0 * now, np.ones(people))
    dd = grown(1.0 * now, 1 + 2.0 * now)
    yd = grown(first, first + second * (1 + now))
    hits = grown(1.0 * now, 1.0 * ~now)
    people_so_far = people_a_day * np.arange(1, DAYS + 1)
    parts = np.stack([y, yy, d, dd, yd], axis=1).tolist()
    counts = [int(count) for count in people_so_far]
    return Days(
        money=[Sums.of_sums(n, *row[:2]) for n, row in zip(counts, parts, strict=True)],
        buyers=[Sums.of_rate(n, int(hit)) for n, hit in zip(counts, hits, strict=True)],
        order_value=[Sums(n, *row) for n, row in zip(counts, parts, strict=True)],
    )


def values(draw: np.random.Generator, people: int) -> Floats:
    return draw.lognormal(LOG_MEAN, LOG_SPREAD, people)


@dataclass(frozen=True)
class Crowd:
    """One arm once, (people,) each: orders before the test, orders in it, their money."""

    before: Floats
    orders: Floats
    money: Floats


# Orders of an average person in a test of two weeks, and in the year before.
RATE, RATE_BEFORE = 0.06, 2.0


def crowd(draw: np.random.Generator, people: int, lift: float = 0.0) -> Crowd:
    """Whoever bought much before buys much; `lift` on each order's value.

    The mean of `money` is RATE * MEAN_VALUE * (1 + lift).
    """
    habit = draw.gamma(0.5, 2.0, people)
    orders = draw.poisson(RATE * habit)
    money = np.zeros(people)
    bought = np.flatnonzero(orders)
    money[bought] = orders[bought] * values(draw, len(bought)) * (1 + lift)
    before = draw.poisson(RATE_BEFORE * habit)
    return Crowd(before.astype(float), orders.astype(float), money)
