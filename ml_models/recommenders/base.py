"""What every recommender promises; tests/ml_models/recommenders/test_contract.py checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ml_models.data import Deeds, Goods

Scores = NDArray[np.float32]
# What is done right now, in plain English: who waits knows that it goes on.
Say = Callable[[str], None]


def silent(text: str) -> None:
    """Says nothing."""


@runtime_checkable
class Patient(Protocol):
    """What takes minutes to learn says meanwhile what it does."""

    say: Say


class Recommender(Protocol):
    """Learns from `Deeds`; scores what comes next after a history.

    A history may be of somebody who was not there when the model learned: `score` asks
    for what they did, not for who they are.
    """

    # As the registry and the tables call it: item_knn, two_tower.
    name: str

    def fit(self, deeds: Deeds, goods: Goods) -> Mapping[str, Any]:
        """Learn; returns the history of it: losses, seconds, sizes. Same seed, same model."""
        ...

    def score(self, histories: Deeds, now: float) -> Scores:
        """(histories.user_count, products) as of day `now`: larger is likelier next.

        Finite everywhere; what was had already is not hidden here. An empty history gets
        an answer, too.
        """
        ...

    def save(self, folder: Path) -> None:
        """Arrays and a card.json; never a pickle."""
        ...

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What was saved scores the same."""
        ...
