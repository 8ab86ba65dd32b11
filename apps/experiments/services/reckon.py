"""What a test adds up to: sums of each variant by each metric, as of a moment.

The database counts those who are nobody known, since they did nothing that is known;
people with a customer are read a range of customers after another, never all at once.
Refunds count as of now, whenever they came: the newest figures are the truest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from apps.experiments.models import Experiment, Metric, Policy
from ml_models.data import Floats
from ml_models.experiments.sums import Sums

Ints = NDArray[np.int64]
# What is added up for each unit, after it takes part and before.
TALLIES = ("orders", "revenue", "total", "refunded", "margin")
RATIOS = (Metric.ORDER_VALUE, Metric.REFUND_SHARE)
LOWER_IS_BETTER = (Metric.REFUND_SHARE,)
Tally = dict[str, Floats]


@dataclass
class Counted:
    """Sums by metric and variant. `mixed`: people who saw two variants, which counts
    for the first; orders left out, and why; when the last one came in."""

    sums: dict[tuple[str, int], Sums] = field(default_factory=dict)
    people: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    mixed: int = 0
    other_currency: int = 0
    cost_unknown: int = 0
    last_at: datetime | None = None

    def add(self, metric: str, variant: int, sums: Sums) -> None:
        known = self.sums.get((metric, variant))
        self.sums[metric, variant] = sums if known is None else known + sums

    def of(self, metric: str, variant: int) -> Sums:
        return self.sums.get((metric, variant)) or nobody(metric, 0)

    def add_nobodies(self, metrics: Iterable[str], variant: int, count: int) -> None:
        self.people[variant] += count
        for metric in metrics:
            self.add(metric, variant, nobody(metric, count))

    def add_units(
        self, metrics: Iterable[str], variants: Ints, after: Tally, before: Tally
    ) -> None:
        """variants and the tallies' arrays: one entry a unit."""
        for variant in np.unique(variants):
            mine = variants == variant
            self.people[int(variant)] += int(mine.sum())
            for metric in metrics:
                y, d = measured(metric, after)
                x, _ = measured(metric, before)
                sums = Sums.of(y[mine], x[mine], None if d is None else d[mine])
                self.add(metric, int(variant), sums)


@dataclass
class Raw:
    """Sums of weights w, their squares, and of w times y, y * y, d, d * d and y * d."""

    values: Floats = field(default_factory=lambda: np.zeros(7))

    def as_sums(self) -> Sums:
        """As so many people of equal weight as would know as much (Kish)."""
        weight, squares = self.values[:2]
        count = int(weight * weight / squares) if squares else 0
        scaled = self.values[2:] * (count / weight if weight else 0.0)
        y, yy, d, dd, yd = map(float, scaled)
        if self.values[4] == self.values[5] == weight:
            return Sums.of_sums(count, y, yy)
        return Sums(count, y, yy, d, dd, yd)


@dataclass
class Weighed(Counted):
    """Of a test whose shares moved; nothing from before the test is taken out."""

    raw: dict[tuple[str, int], Raw] = field(default_factory=lambda: defaultdict(Raw))

    def of(self, metric: str, variant: int) -> Sums:
        return self.raw[metric, variant].as_sums()

    def add_weighed_nobodies(
        self,
        metrics: Iterable[str],
        variant: int,
        people: int,
        weight: float,
        squares: float,
    ) -> None:
        self.people[variant] += people
        for metric in metrics:
            below = 0.0 if metric in RATIOS else weight
            values = [weight, squares, 0, 0, below, below, 0]
            self.raw[metric, variant].values += np.array(values, np.float64)

    def add_weighed(
        self, metrics: Iterable[str], variants: Ints, after: Tally, weights: Floats
    ) -> None:
        for variant in np.unique(variants):
            mine = variants == variant
            self.people[int(variant)] += int(mine.sum())
            w = weights[mine]
            for metric in metrics:
                y, below = measured(metric, after)
                y = y[mine]
                d = np.ones(len(y)) if below is None else below[mine]
                parts = (w, w * w, w * y, w * y * y, w * d, w * d * d, w * y * d)
                values = np.array([part.sum() for part in parts])
                self.raw[metric, int(variant)].values += values


def shares_move(experiment: Experiment) -> bool:
    """The watch over a winner has fixed shares again."""
    return experiment.policy != Policy.FIXED and experiment.phase == 1


def nobody(metric: str, count: int) -> Sums:
    """People who did nothing that is known: of a ratio, nothing to divide by either."""
    if metric in RATIOS:
        return Sums(count, 0, 0, 0, 0, 0)
    return Sums.of_sums(count, 0, 0)


def measured(metric: str, tally: Mapping[str, Floats]) -> tuple[Floats, Floats | None]:
    """The metric of each unit and, of a ratio, what it is divided by."""
    match metric:
        case Metric.BUYERS:
            # Of a stretch of time, how many people ordered in it.
            buyers = tally.get("buyers")
            orders = tally["orders"]
            return (orders > 0).astype(float) if buyers is None else buyers, None
        case Metric.ORDER_VALUE:
            return tally["revenue"], tally["orders"]
        case Metric.REFUND_SHARE:
            return tally["refunded"], tally["total"]
        case _:
            return tally[metric], None


def empty(size: int) -> Tally:
    return {name: np.zeros(size) for name in TALLIES}
