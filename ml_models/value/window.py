"""What the last window that has ended teaches about members of before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from ml_models.data import Floats
from ml_models.value.blend import CENTER, Blend, level, weigh
from ml_models.value.members import Answers, Members
from ml_models.value.purchases import Purchases
from ml_models.value.ranges import Scatter, scatter, usual
from ml_models.value.rfm import outcome, rfm
from ml_models.value.season import doubt, off
from ml_models.value.snapshots import SHORTEST, YOUNGEST

DIRECT = (0.0, 0.5, 1.0)


@dataclass(frozen=True)
class Finding:
    """`direct`: weight of the worth that was learned directly; `scale`: what spend is
    multiplied by; `doubt`: deviation of the log of a total; `season`: what the spend of
    the days that were learned is multiplied by beside."""

    blend: Blend
    scatter: Scatter
    direct: float
    scale: float
    doubt: float
    season: float = 1.0


UNSEEN = Finding(Blend(CENTER), Scatter(usual()), 0.5, 1.0, doubt([]))


def last_window(first: int, day: int, horizon: int) -> tuple[int, int] | None:
    """Its first day and its length: shorter in a young shop, None in a newborn one."""
    for part in (1, 2, 3):
        length = horizon // part
        if day - length - first >= YOUNGEST and length >= SHORTEST:
            return day - length, length
    return None


def learn_window(purchases: Purchases, members: Members, day: int) -> Finding:
    """Members know what was before the day; what they foretold has come since."""
    known = rfm(purchases, day)
    told = outcome(purchases, known.customers, day, members.horizon)
    answers = members.answer(known)
    weights = weigh(answers.log_odds, told.bought)
    direct = better_worth(answers.worth, told.spend)
    blend, scale = set_level(answers, members.trust, weights, direct)
    chances = special.expit(blend.log_odds(answers.log_odds, members.trust))
    worth = scale * mix(answers.worth, direct)
    error = off(float(chances @ worth), float(told.spend.sum()))
    found = scatter(chances, worth, told.spend)
    return Finding(blend, found, direct, scale, doubt([error]))


def set_level(
    answers: Answers, trust: float, weights: Floats, direct: float
) -> tuple[Blend, float]:
    """Chances between what was learned and rhythms; worth as rhythms have it.

    On windows of the past, totals with a directly learned level were 10 % too low.
    """
    odds = answers.log_odds
    plain = Blend(weights).log_odds(odds, trust)
    blend = Blend(weights, level(plain, odds[:, 0], trust))
    chances = special.expit(plain + blend.shift)
    wanted, found = (
        float(chances @ worth)
        for worth in (answers.worth[:, 0], mix(answers.worth, direct))
    )
    return blend, wanted / found


def mix(worth: Floats, direct: float) -> Floats:
    """(customers,): the geometric mean of both, weighted."""
    found: Floats = np.exp(np.log(np.maximum(worth, 1e-9)) @ [1 - direct, direct])
    return found


def better_worth(worth: Floats, spend: Floats) -> float:
    """Which weight of the directly learned one comes nearest to what buyers spent."""
    paid = spend > 0
    if not paid.any():
        return UNSEEN.direct
    misses = {}
    for direct in DIRECT:
        told = mix(worth[paid], direct)
        told = told * (spend[paid] / told).mean()
        # The deviance of a gamma, at the level that fits best.
        misses[direct] = float(np.log(told).mean())
    return min(misses, key=lambda direct: misses[direct])
