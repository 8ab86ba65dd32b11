"""Shelves of three: a place further down is seen less, and less still below another of its
kind. So a cascade is true, and places alone are not quite."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.offpolicy.marks import DECISIONS, MANY, SEED, Marks
from benchmarks.offpolicy.worlds import drawn
from ml_models.data import Floats, Ints
from ml_models.offpolicy import estimators
from ml_models.offpolicy.estimators import Estimate
from ml_models.offpolicy.evaluate import doubts
from ml_models.offpolicy.ranking import chances_given, marginals
from ml_models.offpolicy.rewards import Means, expected
from ml_models.offpolicy.slates import Assumption, SlatePolicy, Slates, weigh_slates

CANDIDATES, PLACES = 6, 3
SHARE, NEW_SHARE = 0.7, 0.4
APPEAL = np.linspace(0.05, 0.4, CANDIDATES)
KINDS = np.arange(CANDIDATES) % 2
SEEN = np.array([1.0, 0.7, 0.5])
TIRED = 0.6


def judge(repeats: int) -> Iterator[tuple[str, str, Marks]]:
    value = truth()
    found: dict[tuple[Assumption, str], list[Estimate]] = {}
    answered = dict.fromkeys(Assumption, 0)
    for repeat in range(repeats):
        slates, policy = logged(np.random.default_rng((SEED, repeat, 2)))
        for assumption in Assumption:
            weighed = weigh_slates(slates, policy, assumption)
            hoped = expected(weighed, Means, seed=repeat)
            answered[assumption] += not doubts(weighed)
            for one in (
                estimators.ips(weighed),
                estimators.snips(weighed),
                estimators.doubly_robust(weighed, hoped),
            ):
                found.setdefault((assumption, one.name), []).append(one)
    for (assumption, name), estimates in found.items():
        yield assumption, name, Marks(estimates, value, answered[assumption] / repeats)


def wishes(count: int, chance: np.random.Generator) -> tuple[Floats, Floats]:
    """Values by the old policy, which guesses, and by the new one, which nearly knows."""
    old = 4 * APPEAL + chance.normal(size=(count, CANDIDATES))
    return old, APPEAL + chance.normal(size=old.shape) * 0.1


def filled(values: Floats, share: float, chance: np.random.Generator) -> Ints:
    worth, rows = values.copy(), np.arange(len(values))
    shown = np.empty((len(values), PLACES), np.int64)
    for place in range(PLACES):
        left = np.isfinite(worth)
        random = drawn(left / left.sum(1, keepdims=True), chance)
        explores = chance.random(len(values)) < share
        shown[:, place] = np.where(explores, random, worth.argmax(1))
        worth[rows, shown[:, place]] = -np.inf
    return shown


def rates(shown: Ints) -> Floats:
    alike = KINDS[shown[:, 1:]] == KINDS[shown[:, :-1]]
    looked = np.column_stack([np.ones(len(shown)), np.where(alike, TIRED, 1.0)])
    return np.asarray(APPEAL[shown] * SEEN * looked)


def truth() -> float:
    """Clicks of a shelf."""
    chance = np.random.default_rng(SEED + 2)
    _, new = wishes(MANY, chance)
    return float(rates(filled(new, NEW_SHARE, chance)).sum(1).mean())


def logged(chance: np.random.Generator) -> tuple[Slates, SlatePolicy]:
    old, new = wishes(DECISIONS, chance)
    candidates = np.tile(np.arange(CANDIDATES), (DECISIONS, 1))
    shown = filled(old, SHARE, chance)
    rows, places = np.indices(shown.shape)
    clicks = chance.random(shown.shape) < rates(shown)
    slates = Slates(
        shown,
        clicks.astype(np.float64),
        chances_given(old, candidates, shown, SHARE)[rows, places, shown],
        candidates,
        marginals=marginals(old, candidates, PLACES, SHARE)[rows, places, shown],
    )
    return slates, SlatePolicy(
        chances_given(new, candidates, shown, NEW_SHARE),
        marginals(new, candidates, PLACES, NEW_SHARE),
    )
