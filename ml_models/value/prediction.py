"""What is said of each customer, and what moves it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml_models.data import Floats, Ints
from ml_models.value.bg_nbd import BgNbd
from ml_models.value.blend import Blend
from ml_models.value.members import Answers, Members
from ml_models.value.rfm import Rfm
from ml_models.value.snapshots import NAMES

# An order further away than that is not expected any more.
FARTHEST_DAYS = 730.0


@dataclass(frozen=True)
class Prediction:
    """All arrays are (customers,). `buys`: chance of one order or more. `low`, `high`:
    between them the spend lies in 90 % of cases; the totals' are of all together.
    `next_order`: days until then, as likely sooner as later, if there is one at all.
    `margin`: what is earned of the spend, None where no cost is known."""

    customers: Ints
    buys: Floats
    orders: Floats
    spend: Floats
    low: Floats
    high: Floats
    total: float
    total_low: float
    total_high: float
    next_order: Floats
    margin: Floats | None = None


def next_order(bg: BgNbd, known: Rfm) -> Floats:
    """(customers,) days, of who still buys: their rate is gamma distributed."""
    r, alpha, _, _ = bg.parameters
    shape, rate = r + known.repeats, alpha + known.age
    ever = -np.expm1(-shape * np.log1p(FARTHEST_DAYS / rate))
    found: Floats = rate * np.expm1(-np.log1p(-ever / 2) / shape)
    return found


@dataclass(frozen=True)
class Drivers:
    """parts: (customers, features) of the log-odds of buying, named by `names`; they and
    `base`, (customers,), add up to the log-odds."""

    customers: Ints
    names: tuple[str, ...]
    parts: Floats
    base: Floats

    @classmethod
    def of(
        cls, customers: Ints, members: Members, answers: Answers, blend: Blend
    ) -> Drivers:
        """Linear parts of the logistic regression and TreeSHAP of LightGBM, by their
        weights. What the rhythm alone adds is a part of its own."""
        count = len(customers)
        trust, weights = members.trust, blend.weights
        parts = np.zeros((count, len(NAMES) + 1))
        base = np.full(count, blend.shift)
        # LightGBM starts from the rhythm, and so does who has learned nothing.
        plain = 1 - trust * (1 - weights[0] - weights[2])
        learned = members.learned
        if learned:
            found = learned.logistic.contributions(answers.features)
            parts[:, :-1] += trust * weights[1] * found[:, :-1]
            base += trust * weights[1] * found[:, -1]
        if learned and learned.boosting:
            found = learned.boosting.contributions(answers.features)
            parts[:, :-1] += trust * weights[2] * found[:, :-1]
            base += trust * weights[2] * found[:, -1]
        usual = answers.log_odds[:, 0].mean()
        parts[:, -1] = plain * (answers.log_odds[:, 0] - usual)
        base += plain * usual
        return cls(customers, (*NAMES, "rhythm of buying"), parts, base)
