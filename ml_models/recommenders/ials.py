"""Implicit ALS (Hu, Koren, Volinsky, ICDM 2008): `implicit` learns the products' factors;
whoever asks is folded in, so that a stranger gets an answer as good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ml_models import artefact
from ml_models.data import NOTHING_KNOWN, Deeds, Goods
from ml_models.recommenders.base import Scores
from ml_models.recommenders.histories import Weighing, weigh


@dataclass(frozen=True)
class Config(Weighing):
    """`confidence`: how much more a deed counts than none."""

    factors: int = 64
    ridge: float = 0.05
    confidence: float = 20.0
    rounds: int = 15


class Ials:
    """factors: (products, factors)."""

    name = "ials"

    def __init__(self, config: Config | None = None, seed: int = 0) -> None:
        self.config = config or Config()
        self.seed = seed
        self.factors: NDArray[np.float32] = np.empty((0, 0), np.float32)

    def fit(self, deeds: Deeds, goods: Goods = NOTHING_KNOWN) -> Mapping[str, Any]:
        """Learn factors."""
        from implicit.cpu.als import AlternatingLeastSquares  # half a second to import

        # Its threads share the work; those of BLAS would only fight them.
        with threadpool_limits(1, "blas"):
            model = AlternatingLeastSquares(
                factors=self.config.factors,
                regularization=self.config.ridge,
                iterations=self.config.rounds,
                random_state=self.seed,
            )
            users = deeds.matrix() * np.float32(self.config.confidence)
            model.fit(users.tocsr(), show_progress=False)
        # Else a product that nobody wanted keeps its random beginning.
        known = np.bincount(deeds.products, minlength=deeds.product_count) > 0
        self.factors = np.asarray(model.item_factors, np.float32) * known[:, None]
        return {"rounds": self.config.rounds, "factors": self.config.factors}

    def score(self, histories: Deeds, now: float) -> Scores:
        """(users, products)."""
        users = weigh(histories, now, self.config)
        return np.asarray(self.fold(users) @ self.factors.T, np.float32)

    def fold(self, users: sp.csr_matrix) -> NDArray[np.float32]:
        """(users, factors): what ALS would have given to users with these weights."""
        found = np.zeros((users.shape[0], self.factors.shape[1]), np.float32)
        size = self.factors.shape[1]
        base = self.factors.T @ self.factors + self.config.ridge * np.eye(size)
        # The systems are small: threads would only wait for each other.
        with threadpool_limits(1, "blas"):
            for user in np.flatnonzero(np.diff(users.indptr)):
                span = slice(users.indptr[user], users.indptr[user + 1])
                sure = users.data[span] * self.config.confidence
                mine = self.factors[users.indices[span]]
                left = base + (mine.T * (sure - 1)) @ mine
                found[user] = np.linalg.solve(left, sure @ mine)
        return found

    def save(self, folder: Path) -> None:
        card = {"model": self.name, "config": asdict(self.config), "seed": self.seed}
        artefact.save(folder, {"factors": self.factors}, card)

    @classmethod
    def load(cls, folder: Path) -> Ials:
        arrays, card = artefact.load(folder)
        model = cls(Config(**card["config"]), card["seed"])
        model.factors = arrays["factors"]
        return model
