"""Policies that learn while they choose, with the chance of each choice known.

Counts are all that is kept. They add up, so that many processes may count apart, and they
age, so that what no longer holds is forgotten. `choose` draws from the very chances that are
logged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import special

from ml_models.data import Floats

# Steps of the integral over each arm's belief; chances are right to about 1e-6.
STEPS = 400


@dataclass(frozen=True)
class Counts:
    """What came of each arm, (arms,): shows, sums of rewards, sums of their squares."""

    shows: Floats
    totals: Floats
    squares: Floats

    def __post_init__(self) -> None:
        if not self.shows.shape == self.totals.shape == self.squares.shape:
            raise ValueError("Counts are of the same arms.")
        if not len(self.shows):
            raise ValueError("A bandit has at least one arm.")
        if not (self.shows >= 0).all():
            raise ValueError("An arm is shown 0 times or more.")

    def __len__(self) -> int:
        return len(self.shows)

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.shows + other.shows,
            self.totals + other.totals,
            self.squares + other.squares,
        )

    def aged(self, days: float, half_life: float) -> Counts:
        """Worth half after each half-life: an arm that was good may not be any more."""
        left = 0.5 ** (days / half_life)
        return Counts(self.shows * left, self.totals * left, self.squares * left)


def nothing(arms: int) -> Counts:
    return Counts(np.zeros(arms), np.zeros(arms), np.zeros(arms))


def counted(arms: int, actions: Sequence[int], rewards: Sequence[float]) -> Counts:
    """actions, rewards: (n,)."""
    chosen, earned = np.asarray(actions, np.int64), np.asarray(rewards, np.float64)
    return Counts(
        *(
            np.asarray(np.bincount(chosen, weights, arms), np.float64)
            for weights in (np.ones(len(chosen)), earned, earned**2)
        )
    )


class Bandit(Protocol):
    def chances(self, counts: Counts) -> Floats:
        """(arms,): with which each is to be chosen now; they add up to 1. Same counts,
        same chances."""
        ...


def choose(chances: Floats, draw: float) -> int:
    """The arm of a draw, 0 <= draw < 1: who wants the same answer again asks with the
    same draw."""
    if not 0 <= draw < 1:
        raise ValueError("A draw is at least 0 and below 1.")
    upto = np.cumsum(chances)
    # Scaled, since sums of floats may end a little below 1.
    found = int(np.searchsorted(upto / upto[-1], draw, side="right"))
    return min(found, len(chances) - 1)


@dataclass(frozen=True)
class EpsilonGreedy:
    """The best so far, or with `share` any. Who was never shown is as good as the best,
    until they were."""

    share: float = 0.1

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise ValueError("A share is between 0 and 1.")

    def chances(self, counts: Counts) -> Floats:
        shown = counts.shows > 0
        means = counts.totals / np.where(shown, counts.shows, 1.0)
        worth = np.where(shown, means, means[shown].max() if shown.any() else 0.0)
        best = worth == worth.max()
        return np.asarray(
            self.share / len(counts) + (1 - self.share) * best / best.sum()
        )


@dataclass(frozen=True)
class ThompsonBeta:
    """Rewards of 0 or 1, a beta belief of each arm's rate; `floor`: the least chance of
    any arm."""

    wins: float = 1.0
    losses: float = 1.0
    floor: float = 0.01

    def __post_init__(self) -> None:
        if not (self.wins > 0 and self.losses > 0):
            raise ValueError("A belief begins above 0.")
        refuse_floor(self.floor)

    def chances(self, counts: Counts) -> Floats:
        if (counts.totals < 0).any() or (counts.totals > counts.shows + 1e-9).any():
            raise ValueError("An arm wins at most as often as it is shown.")
        wins = self.wins + counts.totals
        losses = self.losses + np.maximum(counts.shows - counts.totals, 0.0)
        points = special.betaincinv(wins[:, None], losses[:, None], levels())
        grid = np.unique(points)
        below = special.betainc(wins[:, None], losses[:, None], grid)
        return raised(chances_of_best(below), self.floor)


@dataclass(frozen=True)
class ThompsonNormal:
    """Rewards of any size, a normal-gamma belief of each arm's mean and spread.

    mean, spread: what a reward is like before any was seen; strength: as if so many had
    been; floor: the least chance of any arm.
    """

    mean: float
    spread: float
    strength: float = 1.0
    floor: float = 0.01

    def __post_init__(self) -> None:
        if not (self.spread > 0 and self.strength > 0):
            raise ValueError("A belief begins above 0.")
        refuse_floor(self.floor)

    def chances(self, counts: Counts) -> Floats:
        """The mean's own belief is a Student's t (DeGroot 1970)."""
        seen = counts.shows
        means = counts.totals / np.where(seen > 0, seen, 1.0)
        strength = self.strength + seen
        center = (self.strength * self.mean + counts.totals) / strength
        freedom = self.strength + seen
        # Sums of squares about the mean; floats may end a little below 0.
        within = np.maximum(counts.squares - seen * means**2, 0.0)
        shift = self.strength * seen / strength * (means - self.mean) ** 2
        total = self.strength * self.spread**2 + within + shift
        scale = np.sqrt(total / freedom / strength)[:, None]
        center, freedom = center[:, None], freedom[:, None]
        grid = np.unique(center + scale * special.stdtrit(freedom, levels()))
        below = special.stdtr(freedom, (grid - center) / scale)
        return raised(chances_of_best(below), self.floor)


def levels() -> Floats:
    """(STEPS + 1,): even steps through a belief, without its unbounded ends."""
    return np.linspace(0, 1, STEPS + 1).clip(1e-9, 1 - 1e-9)


def chances_of_best(below: Floats) -> Floats:
    """below: (arms, points): the belief that an arm is below a point, points ascending.

    The chance to be best is the integral, over an arm's belief, of all others being below
    (Stieltjes, by the trapezoid rule on the points of all arms).
    """
    arms, points = below.shape
    ends = np.zeros((arms, 1)), np.ones((arms, 1))
    below = np.concatenate([ends[0], below, ends[1]], axis=1)
    one = np.ones((1, points + 2))
    # Products over the arms before and after each: a division would fail at 0.
    before = np.cumprod(np.concatenate([one, below[:-1]]), axis=0)
    after = np.cumprod(np.concatenate([one, below[:0:-1]]), axis=0)[::-1]
    others = before * after
    mass = np.diff(below, axis=1)
    found = (mass * (others[:, 1:] + others[:, :-1]) / 2).sum(1)
    return np.asarray(found / found.sum())


def raised(chances: Floats, floor: float) -> Floats:
    """Each at least `floor`, or an equal share where so many arms leave less."""
    floor = min(floor, 1 / len(chances))
    return floor + (1 - floor * len(chances)) * chances


def refuse_floor(floor: float) -> None:
    # A log of chances near 0 tells nothing about other policies.
    if not 0 < floor < 1:
        raise ValueError("A floor is above 0 and below 1.")
