"""How sure may one be, and what would be lost by being wrong? Bayesian read-outs.

They say what the data say now, under a stated prior; unlike `sequential`, they make no
promise about how often a claim is false when one looks every day and stops at will.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats

from ml_models.data import Floats
from ml_models.experiments.difference import Difference
from ml_models.experiments.effect import refuse_odd
from ml_models.experiments.sums import Sums

# Before anything is seen: two of three changes move a number by less than 30 %.
PRIOR_LIFT = 0.3
# Of a rate: every rate is as likely as any other.
PRIOR_HITS, PRIOR_MISSES = 1.0, 1.0
# Where control's posterior is looked at: so many standard deviations to each side.
GRID = np.linspace(-8, 8, 641)


@dataclass(frozen=True)
class Belief:
    """Treatment against control, after the data.

    `better`: the chance that treatment is larger. `loss`: what a rollout costs on average
    where it was wrong, per person, in the metric's unit; `loss_of_staying` the same of
    keeping control. `low` to `high` holds the true difference with chance 1 - alpha.
    """

    better: float
    loss: float
    loss_of_staying: float
    mean: float
    low: float
    high: float


def believe(found: Difference, alpha: float = 0.05) -> Belief:
    """Means and ratios: a normal likelihood, a normal prior around no difference."""
    refuse_odd(alpha)
    prior = (PRIOR_LIFT * found.control_mean) ** 2
    # Control at 0 gives the prior no scale: then the data speak alone.
    kept = prior / (prior + found.variance) if prior > 0 else 1.0
    mean, spread = kept * found.absolute, math.sqrt(kept * found.variance)
    half = float(special.ndtri(1 - alpha / 2)) * spread
    return Belief(
        better=float(special.ndtr(mean / spread)),
        loss=shortfall(mean, spread),
        loss_of_staying=shortfall(-mean, spread),
        mean=mean,
        low=mean - half,
        high=mean + half,
    )


def shortfall(mean: float, spread: float) -> float:
    """The mean of max(-x, 0) of a normal x."""
    score = mean / spread
    density = math.exp(-score * score / 2) / math.sqrt(2 * math.pi)
    return max(spread * density - mean * float(special.ndtr(-score)), 0.0)


def believe_rates(control: Sums, treatment: Sums, alpha: float = 0.05) -> Belief:
    """Conversions: a beta for each arm, right from the first visitor on."""
    refuse_odd(alpha)
    (a, b), (c, d) = posterior(control), posterior(treatment)
    before, after = a / (a + b), c / (c + d)
    better = chance_larger(c, d, a, b)
    # The mean of max(p, q) by parts: E[p; p > q] is E[p] times the chance with one more hit.
    largest = before * (1 - chance_larger(c, d, a + 1, b))
    largest += after * chance_larger(c + 1, d, a, b)
    return Belief(
        better=better,
        loss=max(largest - after, 0.0),
        loss_of_staying=max(largest - before, 0.0),
        mean=after - before,
        low=quantile(alpha / 2, (a, b), (c, d)),
        high=quantile(1 - alpha / 2, (a, b), (c, d)),
    )


def posterior(arm: Sums) -> tuple[float, float]:
    """Hits and misses, the prior's included."""
    if arm.yy != arm.y or arm.d != arm.count:
        raise ValueError("A rate counts each person as 0 or 1.")
    return arm.y + PRIOR_HITS, arm.count - arm.y + PRIOR_MISSES


def chance_larger(c: float, d: float, a: float, b: float) -> float:
    """The chance that a beta(c, d) is larger than a beta(a, b)."""
    places, weights = spots(a, b)
    return float(weights @ special.betaincc(c, d, places))


def spots(a: float, b: float) -> tuple[Floats, Floats]:
    """Values of a beta(a, b) and their weights: even steps of a normal, mapped over.

    The trapezoid rule over a normal is exact to the last digits.
    """
    weights = stats.norm.pdf(GRID)
    places = np.where(
        GRID < 0,
        special.betaincinv(a, b, special.ndtr(GRID)),
        special.betainccinv(a, b, special.ndtr(-GRID)),
    )
    return places, weights / weights.sum()


def quantile(
    chance: float, before: tuple[float, float], after: tuple[float, float]
) -> float:
    """Of the difference after - before."""
    places, weights = spots(*before)

    def excess(difference: float) -> float:
        reached = special.betainc(*after, np.clip(places + difference, 0, 1))
        return float(weights @ reached) - chance

    return float(optimize.brentq(excess, -1, 1, xtol=1e-12))
