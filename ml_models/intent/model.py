"""The model that serves: members that each left out a part of the visits.

1. The visits are dealt into as many parts as there are members, whole groups each.
2. A member learns from all but its part: a logistic regression, trees, or both.
3. What each says of the part that it never saw makes the blend: a logistic regression on
   those log-odds weighs the two, and calibrates them (Platt) at the same time.
4. A visit's log-odds are the members' average. How far they lie apart tells how well the
   model knows such visits: the grouped jackknife's standard error.

Everything stays a sum in log-odds, so that what each number added can be told exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import lightgbm
import numpy as np
from sklearn.linear_model import LogisticRegression

from ml_models.data import Floats, Ints
from ml_models.intent import linear, trees
from ml_models.intent.visits import Visits

LINEAR, TREES, BLEND = "linear", "trees", "blend"
NAMES = (LINEAR, TREES, BLEND)
Say = Callable[[float, str], None]


@dataclass(frozen=True)
class Config:
    name: str = BLEND
    members: int = 5
    # Which it may look at; none named: all.
    columns: tuple[str, ...] = ()
    # Of the logistic regression: how freely weights may grow.
    strength: float = 0.01
    has_pairs: bool = True
    # Of the trees.
    rounds: int = 160
    learning_rate: float = 0.04
    num_leaves: int = 8
    min_child_samples: int = 60
    lambda_l2: float = 3.0

    @property
    def of_trees(self) -> dict[str, Any]:
        names = ("learning_rate", "num_leaves", "min_child_samples", "lambda_l2")
        return {name: getattr(self, name) for name in names}


def silent(share: float, step: str) -> None:
    """Nobody listens."""


class Model:
    """`fit`, then `log_odds` for many, or `document` for whoever answers for one."""

    def __init__(self, config: Config, seed: int = 0) -> None:
        self.config, self.seed = config, seed
        self.terms: linear.Terms | None = None
        self.weights: list[Floats] = []
        self.boosters: list[lightgbm.Booster] = []
        # What is added, then what the parts' log-odds are worth.
        self.blend = np.zeros(1)

    def fit(self, visits: Visits, say: Say = silent) -> Model:
        """Both who bought and who never did are needed, one at least for each part:
        ValueError where they are fewer (`Visits.who` tells)."""
        config = self.config
        if min(visits.who()) < config.members:
            raise ValueError("Each part needs somebody who bought and who did not.")
        self.columns = visits.columns
        self.places = visits.places(config.columns)
        visits = visits.only(self.places)
        self.terms = linear.terms_of(visits, config.has_pairs)
        fold = visits.folds(config.members, self.seed)
        held: list[tuple[Ints, Floats]] = []
        for member in range(config.members):
            say(member / config.members, "Learning from visits")
            self.learn(visits.rows(fold != member), self.seed + member)
            left_out = np.flatnonzero(fold == member)
            held.append((left_out, self.parts(member, visits.values[left_out])))
        order = np.concatenate([rows for rows, _ in held])
        seen = np.concatenate([parts for _, parts in held])
        found = LogisticRegression(C=1.0).fit(seen, visits.bought[order])
        self.blend = np.concatenate([found.intercept_, found.coef_[0]])
        return self

    def learn(self, visits: Visits, seed: int) -> None:
        config = self.config
        if config.name in (LINEAR, BLEND):
            assert self.terms is not None
            self.weights.append(
                linear.weights_of(self.terms, visits, config.strength, seed)
            )
        if config.name in (TREES, BLEND):
            grown = trees.grow(visits, config.of_trees, config.rounds, seed)
            self.boosters.append(grown)

    def parts(self, member: int, values: Floats) -> Floats:
        """(rows, parts): a member's log-odds by the regression, by the trees."""
        found = []
        if self.weights:
            assert self.terms is not None
            found.append(linear.log_odds(self.terms, self.weights[member], values))
        if self.boosters:
            found.append(trees.log_odds(self.boosters[member], values))
        return np.column_stack(found)

    def members(self, values: Floats) -> Floats:
        """(rows, members): each one's log-odds, blended."""
        values = values[:, self.places]
        return np.column_stack(
            [
                self.blend[0] + self.parts(member, values) @ self.blend[1:]
                for member in range(self.config.members)
            ]
        )

    def log_odds(self, values: Floats) -> Floats:
        """(rows,)."""
        found: Floats = self.members(values).mean(axis=1)
        return found

    def document(self) -> dict[str, Any]:
        """All that answering takes, as plain JSON."""
        worth = dict(zip(self.part_names, self.blend[1:].tolist(), strict=True))
        return {
            "columns": [asdict(self.columns[place]) for place in self.places],
            "intercept": float(self.blend[0]),
            "worth": worth,
            "terms": self.terms.document() if self.terms and self.weights else None,
            "weights": [weights.tolist() for weights in self.weights],
            "forests": [trees.Forest(one).document() for one in self.boosters],
        }

    @property
    def part_names(self) -> list[str]:
        has = {LINEAR: self.weights, TREES: self.boosters}
        return [name for name, learned in has.items() if learned]
