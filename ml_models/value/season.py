"""How far the totals of past windows were off, and what that says of the next."""

from __future__ import annotations

import numpy as np
from scipy import special

from ml_models.value.purchases import Purchases
from ml_models.value.rfm import outcome, rfm
from ml_models.value.snapshots import Rhythm

YEAR = 365
# Days that must have been known a year ago for that window to say anything.
OLD_ENOUGH = 60
# What was off a year ago is off by so much of it again. What was off lately is not: on
# windows of the past it was as often off to the other side.
AGAIN = 0.5
# Deviation of the log of a total before any window was seen, and its weight in windows.
USUAL_ERROR, USUAL_WEIGHT = 0.15, 3.0


def yearly(purchases: Purchases, day: int, horizon: int) -> float:
    """By how much to multiply: the same days a year ago against what rhythms foretold."""
    past = purchases.before(day - YEAR)
    if not len(past) or day - YEAR - int(past.days.min()) < OLD_ENOUGH:
        return 1.0
    known = rfm(past, day - YEAR)
    rhythm = Rhythm.of(known)
    chances = special.expit(rhythm.log_odds(known, horizon).mean(axis=1))
    told = float(chances @ rhythm.worth(known, horizon))
    # Only what the known customers did: the shop's growth is not their season.
    seen = outcome(purchases.before(day), known.customers, day - YEAR, horizon)
    return float(np.exp(AGAIN * off(told, float(seen.spend.sum()))))


def off(told: float, seen: float) -> float:
    """The log of seen to told; 0 where there is nothing to compare."""
    return float(np.log(seen / told)) if min(told, seen) > 0 else 0.0


def doubt(errors: list[float]) -> float:
    """Deviation of the log of the next total, from the errors of past windows."""
    squares = USUAL_WEIGHT * USUAL_ERROR**2 + sum(error**2 for error in errors)
    return float(np.sqrt(squares / (USUAL_WEIGHT + len(errors))))
