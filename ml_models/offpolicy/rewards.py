"""Models of what a choice earns: they need not be right, doubly robust estimates stay so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ml_models.data import Floats, Ints
from ml_models.offpolicy.log import Features, UnusableLogError
from ml_models.offpolicy.weighing import Weighed

NEWTON_STEPS = 25
TREES: Mapping[str, Any] = {
    "objective": "regression",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 30,
    "lambda_l2": 5.0,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}


@dataclass(frozen=True)
class Seen:
    """Choices, one a row: candidates: (m,) who, places: (m,) where, features: (m, f)."""

    candidates: Ints
    places: Ints
    features: Features | None = None


class RewardModel(Protocol):
    def fit(self, seen: Seen, rewards: Floats) -> None:
        """Learn from what was chosen; at least one row."""
        ...

    def expect(self, seen: Seen) -> Floats:
        """(m,): what such choices earn."""
        ...


Make = Callable[[], RewardModel]


class Means:
    """What a place earns, and by how much each candidate is above or below: a mean drawn
    to 0 as if `strength` more choices had been ordinary. Needs no features."""

    def __init__(self, strength: float = 20.0) -> None:
        self.strength = strength
        self.overall = 0.0
        self.by_place = np.empty(0)
        self.candidates: Ints = np.empty(0, np.int64)
        self.above: Floats = np.empty(0)

    def fit(self, seen: Seen, rewards: Floats) -> None:
        self.overall = float(rewards.mean())
        counts = np.bincount(seen.places)
        sums = np.bincount(seen.places, rewards - self.overall)
        self.by_place = self.overall + sums / np.maximum(counts, 1)
        self.candidates, rows = np.unique(seen.candidates, return_inverse=True)
        left = np.bincount(rows, rewards - self.by_place[seen.places])
        self.above = left / (np.bincount(rows) + self.strength)

    def expect(self, seen: Seen) -> Floats:
        known = seen.places < len(self.by_place)
        places = np.where(known, seen.places, 0)
        base = np.where(known, self.by_place[places], self.overall)
        found = np.searchsorted(self.candidates, seen.candidates)
        found = np.minimum(found, len(self.candidates) - 1)
        is_met = self.candidates[found] == seen.candidates
        return np.asarray(base + np.where(is_met, self.above[found], 0.0))


class Linear:
    """Ridge regression on the features; their scale does not matter."""

    def __init__(self, ridge: float = 1.0) -> None:
        self.ridge = ridge
        self.center: Floats = np.empty(0)
        self.scale: Floats = np.empty(0)
        self.weights: Floats = np.empty(0)

    def fit(self, seen: Seen, rewards: Floats) -> None:
        features = features_of(seen)
        self.center, self.scale = features.mean(0), features.std(0)
        self.scale[self.scale == 0] = 1
        self.weights = self.solved(self.table(seen), rewards)

    def solved(self, table: Floats, rewards: Floats) -> Floats:
        square = table.T @ table + self.penalty(table)
        return np.asarray(np.linalg.solve(square, table.T @ rewards), np.float64)

    def penalty(self, table: Floats) -> Floats:
        """Of all but the constant, whose own is only there to keep it solvable."""
        square = np.eye(table.shape[1]) * self.ridge
        square[-1, -1] = 1e-9
        return square

    def table(self, seen: Seen) -> Floats:
        """(m, f + 1): even, with a constant."""
        even = (features_of(seen) - self.center) / self.scale
        return np.column_stack([even, np.ones(len(even))])

    def expect(self, seen: Seen) -> Floats:
        return np.asarray(self.table(seen) @ self.weights)


class Logistic(Linear):
    """The same for clicks: rewards are 0 or 1, and so are expectations between."""

    def solved(self, table: Floats, rewards: Floats) -> Floats:
        if not np.isin(rewards, (0, 1)).all():
            raise UnusableLogError("A logistic model learns from rewards of 0 and 1.")
        weights = np.zeros(table.shape[1])
        # Starts at the common rate, half a click away from never and always.
        rate = (rewards.sum() + 0.5) / (len(rewards) + 1)
        weights[-1] = np.log(rate / (1 - rate))
        penalty = self.penalty(table)
        # Without it a log of no clicks at all would drive the constant to infinity.
        penalty[-1, -1] = 1e-3
        for _ in range(NEWTON_STEPS):
            chance = rate_of(table @ weights)
            slope = table.T @ (rewards - chance) - penalty @ weights
            curve = (table * (chance * (1 - chance))[:, None]).T @ table + penalty
            step = np.linalg.solve(curve, slope)
            weights = weights + step
            if np.abs(step).max() < 1e-8:
                break
        return weights

    def expect(self, seen: Seen) -> Floats:
        return rate_of(super().expect(seen))


class Trees:
    """LightGBM on the features."""

    def __init__(self, rounds: int = 100, seed: int = 0) -> None:
        self.rounds, self.seed = rounds, seed
        self.booster: Any = None

    def fit(self, seen: Seen, rewards: Floats) -> None:
        import lightgbm  # a second to import

        data = lightgbm.Dataset(features_of(seen), rewards)
        params = {**TREES, "seed": self.seed}
        self.booster = lightgbm.train(params, data, num_boost_round=self.rounds)

    def expect(self, seen: Seen) -> Floats:
        return np.asarray(self.booster.predict(features_of(seen)), np.float64)


def features_of(seen: Seen) -> NDArray[np.float64]:
    if seen.features is None:
        raise UnusableLogError("This reward model needs features.")
    return np.asarray(seen.features, np.float64)


def rate_of(odds: Floats) -> Floats:
    """Of logarithms of odds, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(odds / 2)))


def expected(weighed: Weighed, make: Make, folds: int = 5, seed: int = 0) -> Floats:
    """(m, width): what each candidate would have earned, by models that saw no decision
    of the same group (cross-fitting, Chernozhukov et al. 2018). 0 where nobody asks, and
    for a log of one group, where nothing can be learned from others."""
    names, groups = np.unique(weighed.groups, return_inverse=True)
    folds = min(folds, len(names))
    found = np.zeros(weighed.chances.shape)
    if folds < 2:
        return found
    fold_of = np.random.default_rng(seed).permutation(len(names)) % folds
    fold = fold_of[groups][weighed.decisions]
    asked = weighed.chances > 0
    asked[np.arange(len(asked)), weighed.actions] = True
    for number in range(folds):
        model = make()
        others = np.flatnonzero(fold != number)
        model.fit(
            seen(weighed, others, weighed.actions[others]), weighed.rewards[others]
        )
        rows, columns = np.nonzero(asked & (fold == number)[:, None])
        if len(rows):
            found[rows, columns] = model.expect(seen(weighed, rows, columns))
    return found


def seen(weighed: Weighed, rows: Ints, columns: Ints) -> Seen:
    """rows: choices; columns: candidates."""
    decisions = weighed.decisions[rows]
    features = weighed.features
    return Seen(
        weighed.candidates[decisions, columns],
        weighed.places[rows],
        None if features is None else features[decisions, columns],
    )
