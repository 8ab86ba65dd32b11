"""The models that compete: rhythms of buying, logistic regression and LightGBM."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml_models.data import Floats, Ints
from ml_models.value.boosting import Boosting, boost
from ml_models.value.logistic import Logistic, learn
from ml_models.value.purchases import Purchases
from ml_models.value.rfm import Rfm, rfm
from ml_models.value.snapshots import Rhythm, describe, lesson

STRICTNESS = 10.0
# So many buyers seen on past days make what was learned from them half trusted.
HALF_TRUSTED = 100.0
# LightGBM of fewer customers has no leaves.
FEWEST_CUSTOMERS, FEWEST_BUYERS = 200, 50


@dataclass(frozen=True)
class Learned:
    """What past days taught; `trust`: from 0, nothing, to 1."""

    logistic: Logistic
    boosting: Boosting | None
    worth: Boosting | None
    trust: float


@dataclass(frozen=True)
class Answers:
    """log_odds: (customers, 3) of buying: rhythm, logistic, LightGBM. orders: (customers,)
    expected by rhythm. worth: (customers, 2) spend of who buys: by rhythm and
    Gamma-Gamma, and learned directly. features: (customers, features)."""

    log_odds: Floats
    orders: Floats
    worth: Floats
    features: Floats


@dataclass(frozen=True)
class Members:
    """`rhythm` knows the day; `learned` is None where no day is old enough."""

    horizon: int
    rhythm: Rhythm
    learned: Learned | None

    @property
    def trust(self) -> float:
        return self.learned.trust if self.learned else 0.0

    def rhythm_odds(self, known: Rfm, horizon: int) -> Floats:
        """(customers,): the mean of both rhythms."""
        found: Floats = self.rhythm.log_odds(known, horizon).mean(axis=1)
        return found

    def answer(self, known: Rfm) -> Answers:
        """For the horizon that was learned."""
        features = describe(known, self.rhythm, self.horizon)
        plain = self.rhythm_odds(known, self.horizon)
        worth = self.rhythm.worth(known, self.horizon)
        odds, direct = [plain, plain, plain], worth
        if self.learned:
            odds[1] = self.learned.logistic.log_odds(features)
            if self.learned.boosting:
                odds[2] = plain + self.learned.boosting.correction(features)
            if self.learned.worth:
                direct = worth * np.exp(self.learned.worth.correction(features))
        orders = self.rhythm.orders(known, self.horizon)
        return Answers(
            np.column_stack(odds), orders, np.column_stack([worth, direct]), features
        )


def train(
    purchases: Purchases, day: int, horizon: int, bags: int, seed: int
) -> Members:
    """All members, from what was known when this day began."""
    past = purchases.before(day)
    learned = train_learned(past, day, horizon, range(seed, seed + bags))
    return Members(horizon, Rhythm.of(rfm(past, day)), learned)


def train_learned(
    past: Purchases, day: int, horizon: int, seeds: range
) -> Learned | None:
    rows = lesson(past, day, horizon)
    if rows is None:
        return None
    # The same customer seen on five days is one witness, not five.
    bought = rows.bought > 0
    rarer = min(count(rows.customers[bought]), count(rows.customers[~bought]))
    if rarer == 0:
        return None
    logistic = learn(rows.features, rows.bought, rows.weights, STRICTNESS)
    boosting = worth = None
    if count(rows.customers) >= FEWEST_CUSTOMERS and rarer >= FEWEST_BUYERS:
        boosting = boost(rows, rows.rhythm, True, seeds)
        paid = rows.where(rows.spend > 0)
        worth = boost(paid, np.log(paid.worth), False, seeds)
    return Learned(logistic, boosting, worth, rarer / (rarer + HALF_TRUSTED))


def count(customers: Ints) -> int:
    """Of them that differ."""
    return len(np.unique(customers))
