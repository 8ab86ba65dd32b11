"""How many people, how many more days, how small an effect?

Reckoned for the interval that verdicts are made from, looked at on the last day; who looks
every day finds an effect of that size sooner, or as soon.
"""

from __future__ import annotations

import math

from scipy import optimize, special

from ml_models.experiments.difference import Difference
from ml_models.experiments.effect import refuse_odd
from ml_models.experiments.sequential import width
from ml_models.experiments.sums import NotEnoughError, Sums

POWER = 0.8


def people_needed(
    history: Sums, smallest: float, *, alpha: float = 0.05, power: float = POWER
) -> int:
    """In each of two equal arms, to find an absolute effect `smallest`; also the target.

    `history`: people as they were before the test, one entry each.
    """
    if history.variance == 0:
        raise NotEnoughError("All people did the same so far.")
    reach = width(1, 1, alpha) + reserve(power)
    return math.ceil(2 * history.variance * (reach / checked(smallest)) ** 2)


def people_needed_once(
    history: Sums, smallest: float, *, alpha: float = 0.05, power: float = POWER
) -> int:
    """The same for a test that is looked at once, at its end: `effect.measure`."""
    if history.variance == 0:
        raise NotEnoughError("All people did the same so far.")
    refuse_odd(alpha)
    reach = float(special.ndtri(1 - alpha / 2)) + reserve(power)
    return math.ceil(2 * history.variance * (reach / checked(smallest)) ** 2)


def smallest_found(
    found: Difference, target: float, *, alpha: float = 0.05, power: float = POWER
) -> float:
    """The absolute effect that would have shown by now with a chance of `power`."""
    reach = width(found.people, target, alpha) + reserve(power)
    return reach * math.sqrt(found.variance)


def days_to_go(
    found: Difference,
    smallest: float,
    target: float,
    days: float,
    *,
    alpha: float = 0.05,
    power: float = POWER,
) -> int:
    """Until an absolute effect `smallest` would show, if people come as in the `days` so far.

    0: it would have shown by now.
    """
    if days <= 0:
        raise NotEnoughError("No day has passed yet.")
    steps = checked(smallest) / math.sqrt(found.variance)
    extra = reserve(power)

    def lacking(log_times: float) -> float:
        times = math.exp(log_times)
        reach = width(found.people * times, target, alpha) + extra
        return steps * math.sqrt(times) - reach

    if lacking(0) >= 0:
        return 0
    # The width grows like the root of a logarithm, the certainty like a root.
    end = 1.0
    while lacking(end) < 0:
        end *= 2
    times = math.exp(optimize.brentq(lacking, 0, end))
    return math.ceil((times - 1) * days - 1e-9)


def reserve(power: float) -> float:
    """How far beyond the interval's edge the true effect must lie, in standard errors."""
    if not 0 < power < 1:
        raise ValueError("Power is a chance between 0 and 1.")
    return float(special.ndtri(power))


def checked(smallest: float) -> float:
    if not smallest > 0 or not math.isfinite(smallest):
        raise ValueError("The smallest effect that matters is above 0.")
    return smallest
