"""Estimates of what a policy would have earned for each decision of the log.

All are means of one number a decision, so that all get their interval the same way: by
the spread of those numbers between groups (the influence function).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from ml_models.data import Floats, Ints
from ml_models.offpolicy.weighing import Weighed

TAIL = 0.975


@dataclass(frozen=True)
class Estimate:
    """value: a decision; low, high: 95 %, infinite for a single group; effective_size:
    decisions of equal weight that would know as much."""

    name: str
    value: float
    error: float
    low: float
    high: float
    effective_size: float
    largest_weight: float


def ips(weighed: Weighed) -> Estimate:
    """Inverse propensity scores (Horvitz and Thompson 1952): unbiased, and wild."""
    return estimate("ips", weighed, weighed.weights * weighed.rewards)


def snips(weighed: Weighed) -> Estimate:
    """Self-normalised, place by place (Swaminathan and Joachims 2015): a constant that is
    added to all rewards is added to the estimate, and nothing else happens."""
    return estimate("snips", weighed, normalised(weighed, weighed.rewards))


def clipped(weighed: Weighed, most: float | None = None) -> Estimate:
    """No weight above `most`, by default the root of the number of decisions (Ionides
    2008): too low by the reward of what was cut off, where rewards are positive."""
    weights = np.minimum(weighed.weights, cap_of(weighed, most))
    return estimate("clipped", weighed, weights * weighed.rewards, weights)


def doubly_robust(weighed: Weighed, expected: Floats) -> Estimate:
    """What a model expects, corrected by what happened (Dudik, Langford and Li 2011):
    unbiased whatever the model, and the better it is, the narrower.

    expected: (m, width), by models that have not seen the decision.
    """
    return estimate("dr", weighed, corrected(weighed, expected, weighed.weights))


def switch(weighed: Weighed, expected: Floats, most: float | None = None) -> Estimate:
    """The same, but the model alone is believed where a weight is above `most` (Wang,
    Agarwal and Dudik 2017)."""
    few = np.where(weighed.weights <= cap_of(weighed, most), weighed.weights, 0.0)
    return estimate("switch", weighed, corrected(weighed, expected, few), few)


def observed(weighed: Weighed) -> Estimate:
    """What the log's own policy did earn."""
    ones = np.ones(len(weighed.weights))
    return estimate("observed", weighed, weighed.rewards, ones)


def lift(weighed: Weighed, expected: Floats) -> Estimate:
    """Doubly robust less observed, a decision at a time: they move together, so that the
    difference is known better than either."""
    gained = corrected(weighed, expected, weighed.weights) - weighed.rewards
    return estimate("lift", weighed, gained)


def cap_of(weighed: Weighed, most: float | None) -> float:
    return float(np.sqrt(len(weighed))) if most is None else most


def corrected(weighed: Weighed, expected: Floats, weights: Floats) -> Floats:
    """(m,)."""
    hoped = weighed.before * (weighed.chances * expected).sum(1)
    own = expected[np.arange(len(expected)), weighed.actions]
    return np.asarray(hoped + weights * (weighed.rewards - own))


def normalised(weighed: Weighed, rewards: Floats) -> Floats:
    """(m,): the mean of a place, and how far each choice pulls it: the estimate is
    their mean, and its error their spread. A place that the policy never fills as the log
    did earns nothing."""
    counts = np.bincount(weighed.places)
    sums = np.bincount(weighed.places, weighed.weights)
    earned = np.bincount(weighed.places, weighed.weights * rewards)
    there = np.where(sums > 0, sums, 1.0)
    means, scale = (earned / there)[weighed.places], (counts / there)[weighed.places]
    return np.asarray(means + scale * weighed.weights * (rewards - means))


def estimate(
    name: str, weighed: Weighed, numbers: Floats, weights: Floats | None = None
) -> Estimate:
    """numbers: (m,), of which the sum of a decision is an estimate by itself."""
    weights = weighed.weights if weights is None else weights
    each = weighed.by_decision(numbers)
    value, error, reach = interval(each, weighed.groups)
    return Estimate(
        name,
        value,
        error,
        value - reach,
        value + reach,
        weighed.effective_size(weights),
        float(weights.max()),
    )


def interval(each: Floats, groups: Ints) -> tuple[float, float, float]:
    """Mean, its standard error between groups, and half of the 95 % interval's width."""
    value = float(each.mean())
    _, rows = np.unique(groups, return_inverse=True)
    sums = np.bincount(rows, each - value)
    count = len(sums)
    if count < 2:
        return value, np.inf, np.inf
    error = float(np.sqrt((sums**2).sum() * count / (count - 1)) / len(each))
    return value, error, error * float(stdtrit(count - 1, TAIL))
