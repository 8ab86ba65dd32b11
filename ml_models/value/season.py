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
# Fewer who bought a year ago tell of themselves, not of a season; of so many half of
# what they tell is believed.
FEWEST_BUYERS, HALF_BELIEVED = 100, 100.0
# Rhythms are off by something in each season: the other quarters say by what.
QUARTERS = (91, 182, 273)
# No season halves or doubles more than that for sure.
LIMITS = (0.5, 2.0)
# Deviation of the log of a total before any window was seen, and its weight in windows.
USUAL_ERROR, USUAL_WEIGHT = 0.15, 3.0


def yearly(purchases: Purchases, day: int, horizon: int) -> float:
    """By how much to multiply: the same days a year ago against what rhythms foretold,
    beyond what these are off in the quarters between."""
    start = day - YEAR
    then, buyers = missed(purchases, start, horizon)
    if buyers < FEWEST_BUYERS:
        return 1.0
    ends = day - horizon
    between = [start + quarter for quarter in QUARTERS if start + quarter <= ends]
    always = [missed(purchases, begun, horizon)[0] for begun in between]
    beyond = then - float(np.mean(always)) if always else then
    believed = AGAIN * buyers / (buyers + HALF_BELIEVED)
    return float(np.clip(np.exp(believed * beyond), *LIMITS))


def missed(purchases: Purchases, start: int, horizon: int) -> tuple[float, int]:
    """How far what rhythms foretold from a day was off, and who bought since; nobody
    where too little was known."""
    past = purchases.before(start)
    if not len(past) or start - int(past.days.min()) < OLD_ENOUGH:
        return 0.0, 0
    known = rfm(past, start)
    rhythm = Rhythm.of(known)
    chances = special.expit(rhythm.log_odds(known, horizon).mean(axis=1))
    told = float(chances @ rhythm.worth(known, horizon))
    # Only what the known customers did: the shop's growth is not their season.
    seen = outcome(purchases, known.customers, start, horizon)
    return off(told, float(seen.spend.sum())), int(seen.bought.sum())


def off(told: float, seen: float) -> float:
    """The log of seen to told; 0 where there is nothing to compare."""
    return float(np.log(seen / told)) if min(told, seen) > 0 else 0.0


def doubt(errors: list[float]) -> float:
    """Deviation of the log of the next total, from the errors of past windows."""
    squares = USUAL_WEIGHT * USUAL_ERROR**2 + sum(error**2 for error in errors)
    return float(np.sqrt(squares / (USUAL_WEIGHT + len(errors))))
