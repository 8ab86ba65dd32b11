"""How much more often the new policy would have made each choice of the log."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml_models.data import Floats, Ints
from ml_models.offpolicy.log import (
    Features,
    Log,
    Policy,
    UnusableLogError,
    of_shape,
    refuse_ghosts,
)

# Two standard errors and more: a log must be clearly short of weight to be called so.
CLEARLY = 2.5
# A place that is there so seldom, beside the commonest, decides nothing.
RARE = 0.1


@dataclass(frozen=True)
class Weighed:
    """A log's choices under a policy; a shelf of several places is a choice for each.

    Of each choice, m of them: decisions: (m,) which it belongs to, from 0;
    actions, rewards, places: (m,); before: (m,) the weight of what stands above it;
    weights: (m,) of this choice, what stands above included; chances: (m, width) that
    the policy would give each candidate. Of each decision, n of them:
    candidates: (n, width), features: (n, width, f), groups: (n,).
    """

    decisions: Ints
    actions: Ints
    rewards: Floats
    places: Ints
    before: Floats
    weights: Floats
    chances: Floats
    candidates: Ints
    features: Features | None
    groups: Ints
    # Share of what the policy would do that the log could never have shown.
    untried: float

    def __len__(self) -> int:
        """Of decisions."""
        return len(self.candidates)

    def by_decision(self, numbers: Floats) -> Floats:
        """(n,): the sums of (m,)."""
        sums = np.bincount(self.decisions, numbers, minlength=len(self))
        return np.asarray(sums, np.float64)

    def effective_size(self, weights: Floats) -> float:
        """Of decisions, by the place that knows least, a rare one left out. Further down
        a cascade weights are wilder: an average over places would hide it."""
        counts = np.bincount(self.places)
        common = np.flatnonzero(counts >= max(1.0, RARE * counts.max()))
        sizes = [
            effective_size(weights[self.places == place]) * len(self) / counts[place]
            for place in common
        ]
        return float(min(sizes))


def weigh(log: Log, policy: Policy) -> Weighed:
    of_shape(policy.chances, log.candidates.shape, "the policy's chances")
    refuse_ghosts(policy.chances, log.candidates)
    rows = np.arange(len(log))
    weights = policy.chances[rows, log.actions] / log.propensities
    return Weighed(
        decisions=rows,
        actions=log.actions,
        rewards=log.rewards,
        places=numbered(log.places, len(log)),
        before=np.ones(len(log)),
        weights=weights,
        chances=policy.chances,
        candidates=log.candidates,
        features=log.features,
        groups=rows if log.groups is None else log.groups,
        untried=untried(log, policy, weights),
    )


def numbered(places: Ints | None, count: int) -> Ints:
    if places is None:
        return np.zeros(count, np.int64)
    if (places < 0).any():
        raise UnusableLogError("Places are counted from 0.")
    return places


def untried(log: Log, policy: Policy, weights: Floats) -> float:
    """Exact where the log keeps the chances of all candidates."""
    outside = 0.0 if policy.outside is None else float(policy.outside.mean())
    if log.chances is None:
        return max(outside, missing_weight(weights))
    never = np.where(log.chances <= 0, policy.chances, 0).sum(1)
    return outside + float(never.mean())


def missing_weight(weights: Floats) -> float:
    """Weights are 1 on average where all that the policy would do can have happened; so
    much is clearly missing."""
    if len(weights) < 2:
        return 0.0
    error = weights.std(ddof=1) / np.sqrt(len(weights))
    return max(0.0, 1 - float(weights.mean() + CLEARLY * error))


def effective_size(weights: Floats) -> float:
    """So many decisions of equal weight would know as much (Kish 1965); 0 for none."""
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares else 0.0
