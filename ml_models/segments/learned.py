"""What was learned: a scale, perhaps an encoder, and five centroids.

Only numpy is needed to say who belongs where, so that no TensorFlow runs when a customer
who just ordered is placed anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_models import artefact
from ml_models.segments.base import CODES, NEW, Crowd, Floats, Grouper, Places
from ml_models.segments.encoder import Encoder
from ml_models.segments.kmeans import NOWHERE, means, nearest, settle
from ml_models.segments.naming import is_true, name
from ml_models.segments.numbers import (
    NAMES,
    SHARES,
    WEIGHTS,
    OtherNumbersError,
    Scale,
)
from ml_models.segments.rule import Rule
from ml_models.segments.stable import align

# With fewer buyers nothing is learned, and the rule places everybody.
LEAST_BUYERS = 50


@dataclass(frozen=True)
class Config:
    """`pull`: how far a group's middle is drawn back to that of the rule's group, 0 to 1.
    `width`: numbers in a code; 0: no encoder. `rows`: buyers that an encoder learns
    from at most; `epochs`, `warm_epochs`: how often it sees them, from scratch or from
    the encoder that serves; `learning_rate`, `warm_rate`: its first steps in each."""

    pull: float = 0.5
    width: int = 0
    hidden: int = 16
    rows: int = 20_000
    batch: int = 256
    epochs: int = 20
    warm_epochs: int = 2
    learning_rate: float = 0.002
    warm_rate: float = 0.0005


class Learned:
    """k-means on the numbers themselves; with an encoder on its codes.

    centroids: (5, width of a code), by CODES.
    """

    name = "kmeans"

    def __init__(self, config: Config | None = None, seed: int = 0) -> None:
        self.config = config or Config()
        self.seed = seed
        self.rule = Rule(seed=seed)
        nothing = np.zeros(len(NAMES))
        self.scale = Scale(np.zeros(5), nothing, np.ones(len(NAMES)))
        self.encoder = Encoder()
        self.centroids: Floats = np.full((len(CODES), len(NAMES)), NOWHERE)
        self.learns = False

    def encode(self, numbers: Floats, serving: Encoder | None) -> dict[str, Any]:
        """Learn the encoder from (buyers, numbers); k-means alone has none."""
        return {}

    def fit(self, crowd: Crowd, serving: Grouper | None = None) -> Mapping[str, Any]:
        """Scale, encode, group, name.

        It begins with the groups of what serves, or with the rule's, and settles from
        there: no chance is in it, and a training begins where the last one ended.
        """
        self.rule.fit(crowd)
        buyers = crowd.take(crowd.is_buyer)
        self.learns = len(buyers) >= LEAST_BUYERS
        if not self.learns:
            return {"buyers": len(buyers), "rounds": 0}
        self.scale = Scale.of(buyers)
        warm = serving if isinstance(serving, Learned) and serving.learns else None
        same = warm.encoder if warm and warm.name == self.name else None
        history = self.encode(self.scale.weighted(buyers), same)
        codes = self.encoder.codes(self.scale.weighted(buyers))
        old = (serving or self.rule).assign(buyers)
        anchors = means(codes, self.rule.assign(buyers))
        centroids, rounds = settle(codes, old, anchors, self.config.pull)
        groups = nearest(codes, centroids)
        middles = means(self.scale.apply(buyers), groups)
        names = align(groups, old) if serving else name(middles)
        if not is_true(names, middles):
            # Groups have wandered off from their names, whose words would be false.
            names = name(middles)
        self.centroids = np.empty_like(centroids)
        self.centroids[names] = centroids
        return {**history, "buyers": len(buyers), "rounds": rounds}

    def assign(self, crowd: Crowd) -> Places:
        """(customers,)."""
        if not self.learns:
            return self.rule.assign(crowd)
        found = np.full(len(crowd), NEW)
        buyers = crowd.is_buyer
        numbers = self.scale.weighted(crowd.take(buyers))
        found[buyers] = nearest(self.encoder.codes(numbers), self.centroids)
        return found

    def state(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        limits, _ = self.rule.state()
        arrays = {
            **limits,
            **self.encoder.arrays(),
            "shares": self.scale.shares,
            "centers": self.scale.centers,
            "spreads": self.scale.spreads,
            "centroids": self.centroids,
        }
        card = {
            "model": self.name,
            "config": asdict(self.config),
            "seed": self.seed,
            "learns": self.learns,
            **layout(),
        }
        return arrays, card

    def save(self, folder: Path) -> None:
        artefact.save(folder, *self.state())

    @classmethod
    def restored(
        cls, arrays: Mapping[str, NDArray[Any]], card: Mapping[str, Any]
    ) -> Learned:
        """It places customers as before; to learn anew, all.make makes another.
        OtherNumbersError where today's code lays numbers out otherwise."""
        if any(card.get(name) != now for name, now in layout().items()):
            raise OtherNumbersError("It learned from other numbers.")
        model = cls(Config(**card["config"]), card["seed"])
        given = {name: np.asarray(found, np.float64) for name, found in arrays.items()}
        model.name = card["model"]
        model.rule.limits = given["limits"]
        model.scale = Scale(given["shares"], given["centers"], given["spreads"])
        model.encoder = Encoder.of(given)
        model.centroids = given["centroids"]
        model.learns = card["learns"]
        return model


def layout() -> dict[str, list[Any]]:
    """What each place in the arrays stands for, and how much it counts."""
    return {
        "numbers": list(NAMES),
        "weights": list(WEIGHTS.values()),
        "shares_of": list(SHARES),
    }
