"""An effect with its interval, right when looked at once, at a size fixed beforehand."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from ml_models.experiments.difference import Difference


@dataclass(frozen=True)
class Effect:
    """Treatment against control. Relative figures are None where they mean nothing.

    That is where the control's mean is not surely above 0: a share of nothing.
    """

    absolute: float
    relative: float | None
    low: float
    high: float
    relative_low: float | None
    relative_high: float | None
    p_value: float
    standard_error: float


def measure(found: Difference, alpha: float = 0.05) -> Effect:
    """Welch's test and its interval of 1 - alpha."""
    refuse_odd(alpha)
    width = float(special.stdtrit(found.freedom, 1 - alpha / 2))
    score = abs(found.absolute) / math.sqrt(found.variance)
    return around(found, width, 2 * float(special.stdtr(found.freedom, -score)))


def around(found: Difference, width: float, p_value: float) -> Effect:
    """The interval that reaches `width` standard errors to each side."""
    error = math.sqrt(found.variance)
    bounds = relative_bounds(found, width)
    return Effect(
        absolute=found.absolute,
        relative=None if bounds is None else found.absolute / found.control_mean,
        low=found.absolute - width * error,
        high=found.absolute + width * error,
        relative_low=None if bounds is None else bounds[0],
        relative_high=None if bounds is None else bounds[1],
        p_value=p_value,
        standard_error=error,
    )


def relative_bounds(found: Difference, width: float) -> tuple[float, float] | None:
    """Fieller (1954): all lifts R for which absolute - R * control_mean may be 0.

    It equals the delta method's interval where the control's mean is well known, never
    says of 0 what the absolute interval does not say, and tells when nothing is known.
    """
    square, mean = width * width, found.control_mean
    steep = mean * mean - square * found.control_variance
    if mean <= 0 or steep <= 0:
        return None
    middle = found.absolute * mean - square * found.covariance
    floor = found.absolute**2 - square * found.variance
    root = math.sqrt(max(middle * middle - steep * floor, 0.0))
    return (middle - root) / steep, (middle + root) / steep


def refuse_odd(alpha: float) -> None:
    if not 0 < alpha < 1:
        raise ValueError("alpha is a share between 0 and 1.")
