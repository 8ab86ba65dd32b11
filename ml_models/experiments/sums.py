"""What one arm of a test adds up to: people, sums, squares and cross products.

Sums and not rows, so that a database can add up millions of people. A mean is a ratio
whose denominator is 1 for everybody; both are worked out in one way.
"""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

# Sums of squares lose digits when a mean is taken out of them; what is left of a spread
# below this share of the squares is rounding, not people who differ.
ROUNDING = 1e-10


class NotEnoughError(ValueError):
    """Too few people, or none who differ: nothing can be said yet."""


@dataclass(frozen=True)
class Sums:
    """One arm: y is the metric, d its denominator, x what was known before the test.

    One person, one entry: who was assigned is the unit, never the order or the visit.
    `yy` is the sum of y * y, `xd` that of x * d, and so on. No covariate: x is 0.
    """

    count: int
    y: float
    yy: float
    d: float
    dd: float
    yd: float
    x: float = 0.0
    xx: float = 0.0
    xy: float = 0.0
    xd: float = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            if not math.isfinite(getattr(self, field.name)):
                text = f"The sum {field.name} is not finite: a value is missing or too large."
                raise ValueError(text)
        if self.count < 0:
            raise ValueError("An arm cannot have fewer than no people.")
        for name in ("y", "d", "x"):
            total, squares = getattr(self, name), getattr(self, name * 2)
            if total * total > self.count * squares * (1 + ROUNDING):
                raise ValueError(
                    f"No {self.count} people add up to {name}, {name * 2}."
                )

    @classmethod
    def of(
        cls, y: ArrayLike, x: ArrayLike | None = None, d: ArrayLike | None = None
    ) -> Self:
        """y, x, d: (people,)."""
        metric = np.asarray(y, np.float64)
        ones = np.ones_like(metric)
        known = 0 * ones if x is None else np.asarray(x, np.float64)
        below = ones if d is None else np.asarray(d, np.float64)
        if metric.ndim != 1 or not metric.shape == known.shape == below.shape:
            raise ValueError("y, x and d are one number for each person.")
        rows = np.stack([metric, below, known])
        # NaN and infinity are refused above, with words instead of a warning.
        with np.errstate(over="ignore", invalid="ignore"):
            sums, products = rows.sum(axis=1), rows @ rows.T
        return cls(
            len(metric),
            *(float(sums[0]), float(products[0, 0])),
            *(float(sums[1]), float(products[1, 1]), float(products[0, 1])),
            *(float(sums[2]), float(products[2, 2])),
            *(float(products[0, 2]), float(products[1, 2])),
        )

    @classmethod
    def of_sums(
        cls,
        count: int,
        y: float,
        yy: float,
        *,
        x: float = 0,
        xx: float = 0,
        xy: float = 0,
    ) -> Self:
        """A mean of each person, from what a database added up."""
        return cls(count, y, yy, count, count, y, x, xx, xy, x)

    @classmethod
    def of_rate(cls, count: int, hits: int) -> Self:
        """How many of `count` people did it."""
        if not 0 <= hits <= count:
            raise ValueError(f"{hits} of {count} people is no rate.")
        return cls.of_sums(count, hits, hits)

    @classmethod
    def of_stats(cls, count: int, mean: float, variance: float) -> Self:
        """From a published mean and sample variance (divided by count - 1)."""
        squares = (count - 1) * variance + count * mean * mean
        return cls.of_sums(count, count * mean, squares)

    def __add__(self, other: Sums) -> Sums:
        mine, theirs = astuple(self), astuple(other)
        return Sums(*(a + b for a, b in zip(mine, theirs, strict=True)))

    @property
    def mean(self) -> float:
        """y over d: the mean, or the ratio."""
        if self.d == 0:
            raise NotEnoughError("Nothing to divide by yet.")
        return self.y / self.d

    @property
    def variance(self) -> float:
        """Of one person's part in the mean (of a ratio: by the delta method)."""
        ratio, freedom = self.mean, self.freedom
        squares = self.spread("y", "y") - 2 * ratio * self.spread("y", "d")
        squares += ratio * ratio * self.spread("d", "d")
        if squares <= ROUNDING * (self.yy + ratio * ratio * self.dd):
            return 0.0
        return squares / freedom / (self.d / self.count) ** 2

    @property
    def events(self) -> float:
        """How many equal amounts would add up like this (Kish): of a rate, its hits.

        Of order values fewer than the orders, since a large one weighs more.
        """
        return self.y * self.y / self.yy if self.yy else 0.0

    @property
    def freedom(self) -> int:
        if self.count < 2:
            raise NotEnoughError("An arm needs two people or more.")
        return self.count - 1

    def spread(self, a: str, b: str) -> float:
        """The sum of products around the means; fields are named x, y, d in this order."""
        product: float = getattr(self, a + b)
        first: float = getattr(self, a)
        second: float = getattr(self, b)
        return product - first * second / max(self.count, 1)
