"""What would have happened under another policy, or that nobody can say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ml_models.offpolicy import estimators
from ml_models.offpolicy.estimators import Estimate
from ml_models.offpolicy.rewards import Make, Means, expected
from ml_models.offpolicy.weighing import Weighed, effective_size


class Doubt(StrEnum):
    NEVER_TRIED = "never_tried"
    SELDOM_TRIED = "seldom_tried"
    FEW_REWARDS = "few_rewards"


NOT_TRIED = "Not enough of what this policy would do was ever tried."
SENTENCES: Mapping[Doubt, str] = {
    Doubt.NEVER_TRIED: NOT_TRIED,
    Doubt.SELDOM_TRIED: NOT_TRIED,
    Doubt.FEW_REWARDS: "Too little came of what this policy would do.",
}
ENOUGH = "Enough of what this policy would do was tried."


@dataclass(frozen=True)
class Limits:
    """Below or above these nothing is said.

    least_size: decisions of equal weight that would know as much; most_untried: share of
    what the policy would do that the log could never have shown; least_rewarded: the same
    as least_size, of those that something came of. docs/offpolicy.md shows why.
    """

    least_size: float = 100.0
    most_untried: float = 0.05
    least_rewarded: float = 15.0


DEFAULTS = Limits()


@dataclass(frozen=True)
class Evaluation:
    """estimates: by name; lift: doubly robust less observed; rewarded: the effective
    number of decisions that something came of; doubts: why nothing is said, or none."""

    estimates: Mapping[str, Estimate]
    observed: Estimate
    lift: Estimate
    untried: float
    rewarded: float
    doubts: tuple[Doubt, ...]

    @property
    def answer(self) -> Estimate | None:
        """Doubly robust; None where the log cannot tell."""
        return None if self.doubts else self.estimates["dr"]

    @property
    def verdict(self) -> str:
        return SENTENCES[self.doubts[0]] if self.doubts else ENOUGH


def evaluate(
    weighed: Weighed, make: Make = Means, *, limits: Limits = DEFAULTS, seed: int = 0
) -> Evaluation:
    """`weighed` comes from `weigh` or `weigh_slates`; `make` makes a reward model for
    each fold, shuffled by `seed`."""
    hoped = expected(weighed, make, seed=seed)
    found = (
        estimators.ips(weighed),
        estimators.snips(weighed),
        estimators.clipped(weighed),
        estimators.doubly_robust(weighed, hoped),
        estimators.switch(weighed, hoped),
    )
    return Evaluation(
        {one.name: one for one in found},
        estimators.observed(weighed),
        estimators.lift(weighed, hoped),
        weighed.untried,
        rewarded(weighed),
        doubts(weighed, limits),
    )


def doubts(weighed: Weighed, limits: Limits = DEFAULTS) -> tuple[Doubt, ...]:
    """The gravest first."""
    tests = {
        Doubt.NEVER_TRIED: weighed.untried > limits.most_untried,
        Doubt.SELDOM_TRIED: weighed.effective_size(weighed.weights) < limits.least_size,
        Doubt.FEW_REWARDS: rewarded(weighed) < limits.least_rewarded,
    }
    return tuple(doubt for doubt, is_so in tests.items() if is_so)


def rewarded(weighed: Weighed) -> float:
    earned = np.abs(weighed.weights * weighed.rewards)
    return effective_size(weighed.by_decision(earned))
