"""What was known on past days, and what came of it: the rows that direct models learn."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ml_models.data import Floats, Ints
from ml_models.value.bg_nbd import BgNbd
from ml_models.value.gamma_gamma import GammaGamma
from ml_models.value.pareto_nbd import ParetoNbd
from ml_models.value.purchases import Purchases
from ml_models.value.rfm import Rfm, outcome, rfm

# Features whose logs are learned from: tried on windows before the benchmark's.
LEARNED = (
    "orders",
    "days since last order",
    "days since first order",
    "spend",
    "average order",
    "first order",
    "pieces of an order",
    "days between orders",
    "days overdue",
    "orders of 30 days",
    "orders of 90 days",
    "spend of 90 days",
    "orders, half-life 15",
    "orders, half-life 45",
    "orders, half-life 120",
)
RHYTHM = ("rhythm (BG/NBD)", "rhythm (Pareto/NBD)", "orders by rhythm")
NAMES = (*LEARNED, *RHYTHM, "days ahead")
TINY = 1e-6
# A target of fewer days says little of a quarter; a past of fewer days little of anybody.
SHORTEST, YOUNGEST = 14, 7
EARLIER = 30


@dataclass(frozen=True)
class Rhythm:
    """BG/NBD, Pareto/NBD and Gamma-Gamma of all customers known on a day."""

    bg: BgNbd
    pareto: ParetoNbd
    gamma: GammaGamma

    @classmethod
    def of(cls, known: Rfm) -> Rhythm:
        clock = (known.repeats, known.recency, known.age)
        money = (known.column("orders"), known.column("average order"))
        return cls(
            BgNbd().fit(*clock), ParetoNbd().fit(*clock), GammaGamma().fit(*money)
        )

    def log_odds(self, known: Rfm, horizon: float) -> Floats:
        """(customers, 2) of buying: BG/NBD, Pareto/NBD."""
        clock = (known.repeats, known.recency, known.age)
        both = (self.bg.buys(horizon, *clock), self.pareto.buys(horizon, *clock))
        found: Floats = special.logit(np.clip(np.column_stack(both), TINY, 1 - TINY))
        return found

    def orders(self, known: Rfm, horizon: float) -> Floats:
        """(customers,) expected."""
        return self.pareto.orders(horizon, known.repeats, known.recency, known.age)

    def worth(self, known: Rfm, horizon: float) -> Floats:
        """(customers,): spend of who buys. Who buys, buys once or more."""
        chances = special.expit(self.log_odds(known, horizon).mean(axis=1))
        each = np.maximum(self.orders(known, horizon) / chances, 1.0)
        found: Floats = each * self.gamma.mean(
            known.column("orders"), known.column("average order")
        )
        return found


@dataclass(frozen=True)
class Moment:
    """A day of the past from which so many days are foretold; `weight` of its rows."""

    day: int
    horizon: int
    weight: float


def moments(first: int, end: int, horizon: int) -> list[Moment]:
    """Days whose targets end when the known does, or before; the newest weighs most.

    Shorter targets start later, when more was known of each customer, and a young shop
    has no others.
    """
    half, third = horizon // 2, horizon // 3
    wanted = (
        Moment(end - horizon, horizon, 1.0),
        Moment(end - half, half, 1.0),
        Moment(end - third, third, 1.0),
        Moment(end - horizon - EARLIER, horizon, 0.5),
        Moment(end - half - EARLIER, half, 0.5),
    )
    return [
        moment
        for moment in wanted
        if moment.day - first >= YOUNGEST and moment.horizon >= SHORTEST
    ]


def describe(known: Rfm, rhythm: Rhythm, horizon: int) -> Floats:
    """(customers, features) in the order of NAMES."""
    logs = [np.log1p(np.maximum(known.column(name), 0)) for name in LEARNED]
    orders = np.log(np.maximum(rhythm.orders(known, horizon), TINY))
    ahead = np.full(len(known.age), np.log(horizon))
    return np.column_stack([*logs, rhythm.log_odds(known, horizon), orders, ahead])


@dataclass(frozen=True)
class Lesson:
    """Rows of several moments: features (rows, features), the others (rows,). A customer
    has a row in each moment. `rhythm`: log-odds, and `worth`: spend of who buys, both by
    rhythm."""

    customers: Ints
    features: Floats
    bought: Floats
    spend: Floats
    weights: Floats
    rhythm: Floats
    worth: Floats

    def where(self, chosen: NDArray[np.bool_]) -> Lesson:
        return Lesson(*(getattr(self, field.name)[chosen] for field in fields(self)))


def lesson(purchases: Purchases, day: int, horizon: int) -> Lesson | None:
    """All moments before a day; None where there is none yet."""
    days = purchases.before(day).days
    found = moments(int(days.min()), day, horizon) if len(days) else []
    parts = []
    for moment in found:
        known = rfm(purchases, moment.day)
        told = outcome(purchases, known.customers, moment.day, moment.horizon)
        rhythm = Rhythm.of(known)
        features = describe(known, rhythm, moment.horizon)
        part = Lesson(
            known.customers,
            features,
            told.bought,
            told.spend,
            np.full(len(features), moment.weight),
            rhythm.log_odds(known, moment.horizon).mean(axis=1),
            rhythm.worth(known, moment.horizon),
        )
        parts.append(part)
    if not parts:
        return None
    return Lesson(
        *(
            np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(Lesson)
        )
    )
