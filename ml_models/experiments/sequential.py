"""An effect with an interval that stays right however often, and whenever, one looks.

A normal mixture over the effects that may be true (the mixture SPRT of Robbins, 1970, and
Johari et al., 2017) with a variance estimated as it goes, which is the asymptotic
confidence sequence of Waudby-Smith et al. (https://arxiv.org/abs/2103.06476). The mixing
variance is set so that the interval is tightest at the size that was planned.
"""

from __future__ import annotations

import math

from scipy import special

from ml_models.experiments.difference import Difference
from ml_models.experiments.effect import Effect, around, refuse_odd


def measure_always(found: Difference, target: float, alpha: float = 0.05) -> Effect:
    """`target`: people in each of two equal arms, planned before the first look.

    A target chosen by what was seen breaks the promise; a wrong one only widens.
    """
    mixing = mixing_ratio(found.people, target, alpha)
    score = found.absolute**2 / found.variance
    evidence = (score * mixing / (1 + mixing) - math.log1p(mixing)) / 2
    return around(found, reach(mixing, alpha), math.exp(-max(evidence, 0.0)))


def width(people: float, target: float, alpha: float = 0.05) -> float:
    """How many standard errors the interval reaches to each side; 1.96 if looked at once."""
    return reach(mixing_ratio(people, target, alpha), alpha)


def reach(mixing: float, alpha: float) -> float:
    return math.sqrt((1 + 1 / mixing) * (math.log1p(mixing) - 2 * math.log(alpha)))


def mixing_ratio(people: float, target: float, alpha: float) -> float:
    """The mixing variance in units of the estimate's own: 8.2 at the target for 5 %.

    The width is smallest where log((1 + r) / alpha^2) = r, solved by Lambert's W.
    """
    refuse_odd(alpha)
    if not 0 < target < math.inf:
        raise ValueError("The planned size is a number of people.")
    best = -1 - float(special.lambertw(-alpha * alpha / math.e, -1).real)
    return best * people / target
