"""Which channels led to what was bought: five rules that share it out, none of them a proof.

Only a holdout says what would not have happened otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ml_models.data import Floats, Ints


@dataclass(frozen=True)
class Journeys:
    """Ways of people, with or without a purchase at their end.

    Of each touch, in any order, (t,): journeys: whose, from 0; channels: which, from 0;
    days: when. Those of one journey at the same instant count in the order of channels.
    Of each journey, (n,): values: what it earned, net, so that a refund may bring it
    below 0; converted: whether anything was bought, refunded or not.
    """

    journeys: Ints
    channels: Ints
    days: Floats
    values: Floats
    converted: NDArray[np.bool_]
    channel_count: int

    def __post_init__(self) -> None:
        if not len(self.journeys) == len(self.channels) == len(self.days):
            raise ValueError("A touch is a journey, a channel and a day.")
        if len(self.values) != len(self.converted):
            raise ValueError("A journey has a value, and converted or did not.")
        if outside(self.journeys, len(self.values)):
            raise ValueError("A touch belongs to one of the journeys.")
        if outside(self.channels, self.channel_count):
            raise ValueError("A touch is of one of the channels.")
        if not (np.isfinite(self.values).all() and np.isfinite(self.days).all()):
            raise ValueError("Values and days are numbers.")
        if (self.values[~self.converted] != 0).any():
            raise ValueError("Only a journey that converted has a value.")

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Ordered:
    """Touches by journey and time, (t,). place: from 0 in its journey; length: of it."""

    journeys: Ints
    channels: Ints
    days: Floats
    place: Ints
    length: Ints

    @property
    def is_last(self) -> NDArray[np.bool_]:
        return np.asarray(self.place == self.length - 1)


@dataclass(frozen=True)
class Credit:
    """by_channel: (channels,) money; unattributed: of journeys that nothing led to. All
    of it adds up to what the journeys earned. weights: (channels,) the same as shares:
    of the conversions, refunded or not, and they add up to 1 where any channel had one."""

    by_channel: Floats
    unattributed: float
    weights: Floats


def outside(numbers: Ints, count: int) -> bool:
    return bool(((numbers < 0) | (numbers >= count)).any())


def ordered(journeys: Journeys) -> Ordered:
    order = np.lexsort((journeys.channels, journeys.days, journeys.journeys))
    of = journeys.journeys[order]
    counts = np.bincount(of, minlength=len(journeys))
    begins = np.cumsum(counts) - counts
    return Ordered(
        of,
        journeys.channels[order],
        journeys.days[order],
        np.arange(len(of)) - begins[of],
        counts[of],
    )


# Of each touch, how much it counts beside the others of its journey.
Rule = Callable[[Ordered], Floats]


def last_touch(touches: Ordered) -> Floats:
    return touches.is_last.astype(np.float64)


def linear(touches: Ordered) -> Floats:
    return np.ones(len(touches.place))


def position_based(touches: Ordered, ends: float = 0.4) -> Floats:
    """40 % to the first, 40 % to the last, the rest to those between; two share alike."""
    if not 0 < ends <= 0.5:
        raise ValueError("Each end gets more than 0 and at most one half.")
    between = (1 - 2 * ends) / np.maximum(touches.length - 2, 1)
    at_end = (touches.place == 0) | touches.is_last
    return np.where(at_end, ends, between)


def time_decay(touches: Ordered, half_life: float = 7.0) -> Floats:
    """Half for each `half_life` days before the journey's last touch."""
    if not half_life > 0:
        raise ValueError("A half-life is above 0 days.")
    last = np.zeros(int(touches.journeys.max()) + 1 if len(touches.journeys) else 0)
    last[touches.journeys[touches.is_last]] = touches.days[touches.is_last]
    return np.asarray(0.5 ** ((last[touches.journeys] - touches.days) / half_life))


def attribute(journeys: Journeys, rule: Rule) -> Credit:
    """Each journey's value to its own touches."""
    touches = ordered(journeys)
    counts = rule(touches)
    sums = np.bincount(touches.journeys, counts, minlength=len(journeys))
    shares = counts / sums[touches.journeys]
    money = shares * journeys.values[touches.journeys]
    bought = shares * journeys.converted[touches.journeys]
    alone = np.bincount(touches.journeys, minlength=len(journeys)) == 0
    width = journeys.channel_count
    return Credit(
        summed(touches.channels, money, width),
        float(journeys.values[alone].sum()),
        as_shares(summed(touches.channels, bought, width)),
    )


def summed(numbers: Ints, values: Floats, count: int) -> Floats:
    return np.asarray(np.bincount(numbers, values, count), np.float64)


def as_shares(numbers: Floats) -> Floats:
    total = numbers.sum()
    return np.asarray(numbers / total if total else np.zeros(len(numbers)))


def removal_effects(journeys: Journeys) -> Floats:
    """(channels,): the share of conversions that are lost when a channel is taken away.

    Journeys are a first-order Markov chain from their start through channels to a
    conversion or none (Anderl et al. 2016); who would have come to the channel that is
    taken away gives up. Solved exactly; journeys without a touch are not part of it.
    """
    width = journeys.channel_count
    steps = transitions(journeys)
    sums = steps.sum(1, keepdims=True)
    chain = steps / np.where(sums > 0, sums, 1.0)
    between, bought = chain[:, : width + 1], chain[:, width + 1]
    full = reached(between, bought)
    if not full:
        return np.zeros(width)
    left = np.empty(width)
    for channel in range(width):
        without = between.copy()
        without[:, channel] = 0
        left[channel] = reached(without, bought)
    return 1 - left / full


def transitions(journeys: Journeys) -> Floats:
    """(channels + 1, channels + 3): how often each was followed by which. The row after
    the channels is the start; so are the columns, and then bought, and given up."""
    width = journeys.channel_count
    start, bought, gone = width, width + 1, width + 2
    touches = ordered(journeys)
    first, last = touches.place == 0, touches.is_last
    ends = np.where(journeys.converted[touches.journeys[last]], bought, gone)
    found = np.zeros((width + 1, width + 3))
    np.add.at(found, (start, touches.channels[first]), 1)
    np.add.at(found, (touches.channels[last], ends), 1)
    inner = np.flatnonzero(~last)
    np.add.at(found, (touches.channels[inner], touches.channels[inner + 1]), 1)
    return found


def reached(between: Floats, bought: Floats) -> float:
    """The chance to get from the start, the last state, to a purchase."""
    chances = np.linalg.solve(np.eye(len(between)) - between, bought)
    return float(chances[-1])


def markov(journeys: Journeys) -> Credit:
    """What all touched journeys earned, by the channels' removal effects."""
    touched = np.bincount(journeys.journeys, minlength=len(journeys)) > 0
    weights = as_shares(removal_effects(journeys))
    total = float(journeys.values[touched].sum())
    alone = float(journeys.values[~touched].sum())
    return Credit(weights * total, alone, weights)


ByRule = Callable[[Journeys], Credit]
RULES: dict[str, ByRule] = {
    "last_touch": partial(attribute, rule=last_touch),
    "linear": partial(attribute, rule=linear),
    "position_based": partial(attribute, rule=position_based),
    "time_decay": partial(attribute, rule=time_decay),
    "markov": markov,
}
