"""Less noise by what was known before the test: CUPED (Deng et al., 2013).

What somebody bought before the test explains part of what they buy in it; that part is
taken out of both arms. https://doi.org/10.1145/2433396.2433413
"""

from __future__ import annotations

from dataclasses import dataclass

from ml_models.experiments.difference import Difference, difference
from ml_models.experiments.sums import ROUNDING, Sums


@dataclass(frozen=True)
class Adjusted:
    """`variance_left` is the share of the variance that remains: 1 is no help at all.

    `theta` is how much of one unit of the covariate is taken out.
    """

    difference: Difference
    theta: float
    variance_left: float


def compare_adjusted(control: Sums, treatment: Sums) -> Adjusted:
    """The difference without what the covariate explains; x must precede the test."""
    theta = pooled_slope(control, treatment)
    variances = (rest(control, theta), rest(treatment, theta))
    shift = theta * (treatment.x / treatment.count - control.x / control.count)
    found = difference(
        control,
        treatment,
        absolute=treatment.mean - control.mean - shift,
        variances=variances,
        covariance=control.variance - theta * covariance(control),
    )
    before = control.variance / control.count + treatment.variance / treatment.count
    return Adjusted(found, theta, found.variance / before)


def pooled_slope(control: Sums, treatment: Sums) -> float:
    """One theta for both arms, which makes the variance of the difference smallest.

    A theta for each arm would let a treatment that changes the slope change the effect.
    """
    arms = (control, treatment)
    spread = sum(covariate_variance(arm) / arm.count for arm in arms)
    if spread == 0:
        return 0.0
    return sum(covariance(arm) / arm.count for arm in arms) / spread


def rest(arm: Sums, theta: float) -> float:
    """The variance of one person once theta * x is taken out."""
    left = arm.variance - 2 * theta * covariance(arm)
    left += theta * theta * covariate_variance(arm)
    return 0.0 if left <= ROUNDING * arm.variance else left


def covariate_variance(arm: Sums) -> float:
    squares, freedom = arm.spread("x", "x"), arm.freedom
    return 0.0 if squares <= ROUNDING * arm.xx else squares / freedom


def covariance(arm: Sums) -> float:
    """Of the covariate and one person's part in the mean, or in the ratio."""
    products = arm.spread("x", "y") - arm.mean * arm.spread("x", "d")
    return products / arm.freedom / (arm.d / arm.count)
