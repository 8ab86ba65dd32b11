"""Shelves: several places, each filled given what stands above it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from ml_models.data import Floats, Ints
from ml_models.offpolicy.log import (
    NOBODY,
    Features,
    UnusableLogError,
    of_shape,
    refuse_absent,
    refuse_chances,
    refuse_empty,
    refuse_impossible,
    refuse_unfinished,
)
from ml_models.offpolicy.weighing import Weighed, missing_weight


class Assumption(StrEnum):
    """What the reward of a place may depend on. The less it may, the narrower the
    estimate, and the more it is wrong where shoppers do otherwise."""

    # On the whole shelf (the product of all ratios). For rewards of a whole shelf, too.
    WHOLE = "whole"
    # On what stands there and above (McInerney et al. 2020): shoppers look downwards.
    CASCADE = "cascade"
    # On what stands there alone (Li et al. 2018). Needs marginals.
    PLACE = "place"


@dataclass(frozen=True)
class Slates:
    """Shelves, each of at most k places for at most `width` candidates.

    shown: (n, k) columns of the candidates, NOBODY where the shelf had ended;
    rewards: (n, k) of each place, or (n,) of each shelf;
    propensities: (n, k) of what was shown, given what stands above; read where shown;
    candidates: (n, width), features: (n, width, f), groups: (n,) as in a Log;
    marginals: (n, k) the chance of what was shown there, whatever stood above.
    """

    shown: Ints
    rewards: Floats
    propensities: Floats
    candidates: Ints
    marginals: Floats | None = None
    features: Features | None = None
    groups: Ints | None = None

    def __post_init__(self) -> None:
        refuse_empty(self.shown)
        count, width = len(self.shown), np.shape(self.candidates)[-1]
        of_shape(self.candidates, (count, width), "candidates")
        of_shape(self.propensities, self.shown.shape, "propensities")
        of_shape(self.marginals, self.shown.shape, "marginals")
        of_shape(self.groups, (count,), "groups")
        of_shape(self.rewards, self.shown.shape[: max(1, self.rewards.ndim)], "rewards")
        if self.features is not None:
            of_shape(self.features[:, :, 0], (count, width), "features")
        there = self.is_there
        if (there[:, 1:] & ~there[:, :-1]).any() or not there[:, 0].all():
            raise UnusableLogError("A shelf is filled from its first place on.")
        refuse_impossible(self.propensities[there])
        if self.marginals is not None:
            refuse_impossible(self.marginals[there])
        refuse_unfinished(
            self.rewards if self.rewards.ndim == 1 else self.rewards[there]
        )
        refuse_twice(self.shown)
        rows, places = np.nonzero(there)
        refuse_absent(self.shown[rows, places], self.candidates[rows])

    def __len__(self) -> int:
        return len(self.shown)

    @property
    def is_there(self) -> NDArray[np.bool_]:
        """(n, k)."""
        return np.asarray(self.shown != NOBODY)


@dataclass(frozen=True)
class SlatePolicy:
    """What it would do at each place, (n, k, width): chances: given what the log shows
    above; marginals: whatever it would have put above. `ranking.py` makes both."""

    chances: Floats
    marginals: Floats | None = None


def refuse_twice(shown: Ints) -> None:
    ordered = np.sort(shown, axis=1)
    if ((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] != NOBODY)).any():
        raise UnusableLogError("Nothing stands on a shelf twice.")


def weigh_slates(
    slates: Slates, policy: SlatePolicy, assumption: Assumption
) -> Weighed:
    """An estimate from it is of a shelf, the sum of its places."""
    if assumption is Assumption.PLACE:
        chances, ratios = by_place(slates, policy)
        return entries(slates, chances, np.ones(ratios.shape), ratios)
    chances = checked(slates, policy.chances)
    ratios = ratio(slates, chances, slates.propensities)
    upto = np.asarray(np.cumprod(ratios, axis=1), np.float64)
    if slates.rewards.ndim == 1:
        if assumption is Assumption.CASCADE:
            raise UnusableLogError("A cascade needs the reward of each place.")
        return whole(slates, upto[:, -1])
    if assumption is Assumption.WHOLE:
        return whole(slates, upto[:, -1])
    above = np.concatenate([np.ones((len(slates), 1)), upto[:, :-1]], axis=1)
    return entries(slates, chances, above, upto)


def by_place(slates: Slates, policy: SlatePolicy) -> tuple[Floats, Floats]:
    if slates.marginals is None or policy.marginals is None:
        raise UnusableLogError("Places alone can be weighed by marginals only.")
    chances = checked(slates, policy.marginals)
    return chances, ratio(slates, chances, slates.marginals)


def checked(slates: Slates, chances: Floats) -> Floats:
    shape = (*slates.shown.shape, slates.candidates.shape[1])
    of_shape(chances, shape, "the policy's chances")
    refuse_chances(chances[slates.is_there])
    return chances


def ratio(slates: Slates, chances: Floats, propensities: Floats) -> Floats:
    """(n, k): 1 where the shelf had ended, so that products pass over it."""
    there = slates.is_there
    columns = np.where(there, slates.shown, 0)[:, :, None]
    own = np.take_along_axis(chances, columns, 2)[:, :, 0]
    return np.where(there, own / np.where(there, propensities, 1.0), 1.0)


def entries(slates: Slates, chances: Floats, above: Floats, weights: Floats) -> Weighed:
    """Each place a choice."""
    if slates.rewards.ndim == 1:
        raise UnusableLogError("Places need a reward each.")
    rows, places = np.nonzero(slates.is_there)
    return Weighed(
        decisions=rows,
        actions=slates.shown[rows, places],
        rewards=slates.rewards[rows, places],
        places=places,
        before=above[rows, places],
        weights=weights[rows, places],
        chances=chances[rows, places],
        candidates=slates.candidates,
        features=slates.features,
        groups=groups_of(slates),
        untried=max(missing_weight(column) for column in weights.T),
    )


def whole(slates: Slates, weights: Floats) -> Weighed:
    """Each shelf one choice. No model here knows whole shelves: in a doubly robust estimate
    all are the same candidate, and what shelves earn on average stands for its reward."""
    rows = np.arange(len(slates))
    rewards = slates.rewards
    if rewards.ndim == 2:
        rewards = np.where(slates.is_there, rewards, 0.0).sum(1)
    return Weighed(
        decisions=rows,
        actions=np.zeros(len(slates), np.int64),
        rewards=rewards,
        places=np.zeros(len(slates), np.int64),
        before=np.ones(len(slates)),
        weights=weights,
        chances=np.ones((len(slates), 1)),
        candidates=np.zeros((len(slates), 1), np.int64),
        features=None,
        groups=groups_of(slates),
        untried=missing_weight(weights),
    )


def groups_of(slates: Slates) -> Ints:
    return np.arange(len(slates)) if slates.groups is None else slates.groups
