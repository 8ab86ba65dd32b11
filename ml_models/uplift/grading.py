"""How good effects are. Nobody's own effect is ever seen: groups are compared.

All arrays are (n,): effects as they were foretold, treated, bought, and share, the chance
that each had of being treated. People are weighted by its inverse, and a side's weights
are made to add up to one (Hajek): shares may differ from person to person.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ml_models.data import Floats

Bools = NDArray[np.bool_]
# So many standard errors on each side: nine of ten.
WIDTH = 1.6449


def qini(effects: Floats, treated: Bools, bought: Bools, share: Floats) -> float:
    """The area between the uplift curve and the straight line to its end.

    At each part of people, those with the largest effects first, the curve has how many
    more bought than would have without the message, over all people; those with equal
    effects come together. 0: no better than by lot, and exactly that where all effects
    are equal. With one share for all it is what the baselines measure, but for ties,
    which these break by lot.
    """
    groups, group = np.unique(-effects, return_inverse=True)
    on, off = treated / share, ~treated / (1 - share)

    def summed(weights: Floats) -> Floats:
        return np.cumsum(np.bincount(group, weights, len(groups)))

    with_it, without = summed(on), summed(off)
    both = (with_it > 0) & (without > 0)
    gained = np.zeros(len(groups))
    np.divide(summed(off * bought), without, out=gained, where=both)
    # How many more than if the treated had bought as the others did.
    gained = np.where(both, summed(on * bought) - gained * with_it, 0.0)
    curve = np.append(0.0, gained) * share.mean() / len(effects)
    people = np.append(0.0, summed(np.ones(len(effects)))) / len(effects)
    return float(np.trapezoid(curve, people) - curve[-1] / 2)


def uplift_of_top(
    effects: Floats,
    treated: Bools,
    bought: Bools,
    part: float = 0.3,
    share: Floats | None = None,
) -> float:
    """What the message changed for the part of people with the largest effects. Where
    the border runs through equal effects, each of these counts in part. NaN where only
    one side is there; no share: the same for all."""
    wanted = part * len(effects)
    border = -np.sort(-effects)[math.ceil(wanted) - 1]
    above, at = effects > border, effects == border
    kept = above + at * (wanted - above.sum()) / at.sum()
    if not (kept[treated].any() and kept[~treated].any()):
        return math.nan
    chance = np.full(len(effects), 0.5) if share is None else share
    on, off = treated * kept / chance, ~treated * kept / (1 - chance)
    return float((on @ bought) / on.sum() - (off @ bought) / off.sum())


def sides(treated: Bools, bought: Bools, share: Floats) -> tuple[float, float]:
    """Which shares bought: of those without the message, of those with it."""
    on, off = treated / share, ~treated / (1 - share)
    return float((off @ bought) / off.sum()), float((on @ bought) / on.sum())


def average(treated: Bools, bought: Bools, share: Floats) -> tuple[float, float, float]:
    """The average effect, and the ends of its 90 % interval: Newcombe's, of two Wilson
    intervals, with as many people as the weights are worth (Kish). Never of width 0,
    even where nobody bought.
    https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I
    """
    without, with_it = sides(treated, bought, share)
    from_low, from_high = wilson(without, worth(1 / (1 - share[~treated])))
    to_low, to_high = wilson(with_it, worth(1 / share[treated]))
    effect = with_it - without
    down = math.hypot(with_it - to_low, from_high - without)
    up = math.hypot(to_high - with_it, without - from_low)
    return effect, effect - down, effect + up


def worth(weights: Floats) -> float:
    """As how many people of equal weight."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def wilson(part: float, people: float) -> tuple[float, float]:
    middle = (part + WIDTH**2 / (2 * people)) / (1 + WIDTH**2 / people)
    spread = part * (1 - part) / people + WIDTH**2 / (4 * people**2)
    reach = WIDTH * math.sqrt(spread) / (1 + WIDTH**2 / people)
    return middle - reach, middle + reach
