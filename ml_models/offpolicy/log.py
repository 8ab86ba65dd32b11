"""A log of choices by chance, and a policy that would have chosen otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml_models.data import Floats, Ints

Features = NDArray[np.float32]
NOBODY = -1
# Chances come from files of rounded numbers.
ROUNDING = 1e-4


class UnusableLogError(ValueError):
    """Nothing can be said by this log, and here is why."""


@dataclass(frozen=True)
class Log:
    """Decisions, each for one candidate of at most `width`.

    actions: (n,) the column of the one chosen; rewards: (n,) what came of it;
    propensities: (n,) the chance with which it was chosen, 0 < p <= 1;
    candidates: (n, width) which they were, NOBODY where a row has fewer;
    chances: (n, width) that each had; None: only the chosen one's was kept;
    features: (n, width, f) what was known of each before; places: (n,) on the page;
    groups: (n,) whose decision, from 0: one person's are not independent.
    """

    actions: Ints
    rewards: Floats
    propensities: Floats
    candidates: Ints
    chances: Floats | None = None
    features: Features | None = None
    places: Ints | None = None
    groups: Ints | None = None

    def __post_init__(self) -> None:
        refuse_empty(self.actions)
        count, width = len(self.actions), np.shape(self.candidates)[-1]
        of_shape(self.candidates, (count, width), "candidates")
        for name in ("rewards", "propensities", "places", "groups"):
            of_shape(getattr(self, name), (count,), name)
        of_shape(self.chances, (count, width), "chances")
        if self.features is not None:
            of_shape(self.features[:, :, 0], (count, width), "features")
        refuse_impossible(self.propensities)
        refuse_unfinished(self.rewards)
        refuse_absent(self.actions, self.candidates)
        if self.chances is not None:
            refuse_unlike(self.chances, self.candidates)
            own = self.chances[np.arange(count), self.actions]
            if (np.abs(own - self.propensities) > ROUNDING).any():
                raise UnusableLogError(
                    "Chances and propensities contradict each other."
                )

    def __len__(self) -> int:
        return len(self.actions)


@dataclass(frozen=True)
class Policy:
    """chances: (n, width) with which it would choose each candidate of each decision;
    outside: (n,) with which it would choose what was no candidate then. Both add up to 1.
    """

    chances: Floats
    outside: Floats | None = None

    def __post_init__(self) -> None:
        refuse_chances(self.chances, self.outside)


def refuse_empty(actions: Ints) -> None:
    if not len(actions):
        raise UnusableLogError("The log is empty.")


def of_shape(
    found: NDArray[np.generic] | None, shape: tuple[int, ...], name: str
) -> None:
    if found is not None and found.shape != shape:
        raise UnusableLogError(f"{name}: expected {shape}, found {found.shape}.")


def refuse_impossible(propensities: Floats) -> None:
    wrong = ~((propensities > 0) & (propensities <= 1))
    if wrong.any():
        raise UnusableLogError(
            f"{wrong.sum():,} of {wrong.size:,} propensities are not above 0 and at "
            f"most 1: {propensities[wrong].ravel()[0]}, for instance."
        )


def refuse_unfinished(rewards: Floats) -> None:
    if not np.isfinite(rewards).all():
        raise UnusableLogError("Every reward is a number.")


def refuse_absent(actions: Ints, candidates: Ints) -> None:
    """Every column is inside its row, and somebody stands there."""
    if (actions < 0).any() or (actions >= candidates.shape[1]).any():
        raise UnusableLogError("An action is the column of a candidate.")
    if (candidates[np.arange(len(actions)), actions] == NOBODY).any():
        raise UnusableLogError("What was chosen is not among the candidates.")


def refuse_unlike(chances: Floats, candidates: Ints) -> None:
    """Chances only where there is a candidate, and 1 in all."""
    refuse_chances(chances)
    refuse_ghosts(chances, candidates)


def refuse_ghosts(chances: Floats, candidates: Ints) -> None:
    if (chances[candidates == NOBODY] > 0).any():
        raise UnusableLogError("A chance is given where there is no candidate.")


def refuse_chances(chances: Floats, outside: Floats | None = None) -> None:
    """Along the last axis they add up to 1, with what lies outside."""
    rest = np.zeros(chances.shape[:-1]) if outside is None else outside
    of_shape(rest, chances.shape[:-1], "outside")
    # Written so that NaN is refused, too.
    if not ((chances >= 0).all() and (rest >= 0).all()):
        raise UnusableLogError("A chance is never below 0.")
    if not (np.abs(chances.sum(-1) + rest - 1) <= ROUNDING).all():
        raise UnusableLogError("The chances of a decision add up to 1.")
