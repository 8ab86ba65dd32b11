"""EASE^R (Steck, WWW 2019, arXiv:1905.03375): one linear map, solved at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

from ml_models import artefact
from ml_models.data import NOTHING_KNOWN, Deeds, Goods
from ml_models.recommenders.base import Scores
from ml_models.recommenders.histories import Weighing, weigh


class TooManyProductsError(ValueError):
    """The products would need more memory than was allowed."""


@dataclass(frozen=True)
class Config(Weighing):
    """`ridge`: the more, the less it believes. `most_products`: it keeps a square of
    them in memory, 4 bytes each (12,000: 576 MB), and refuses more."""

    ridge: float = 200.0
    most_products: int = 12_000


class Ease:
    """weights: (products, products), 0 on the diagonal."""

    name = "ease"

    def __init__(self, config: Config | None = None, seed: int = 0) -> None:
        self.config = config or Config()
        self.seed = seed
        self.weights: NDArray[np.float32] = np.empty((0, 0), np.float32)

    def fit(self, deeds: Deeds, goods: Goods = NOTHING_KNOWN) -> Mapping[str, Any]:
        """Learn weights. TooManyProductsError past `most_products`."""
        if deeds.product_count > self.config.most_products:
            raise TooManyProductsError(
                f"EASE is made for {self.config.most_products:,} products at most; "
                f"these are {deeds.product_count:,}."
            )
        users = deeds.matrix()
        common = (users.T @ users).toarray(order="F").astype(np.float32)
        diagonal = np.diag_indices(len(common))
        common[diagonal] += self.config.ridge
        inverse = inverted(common)
        inverse /= -inverse[diagonal]
        inverse[diagonal] = 0
        self.weights = np.ascontiguousarray(inverse)
        return {"products": len(self.weights)}

    def score(self, histories: Deeds, now: float) -> Scores:
        """(users, products)."""
        return np.asarray(weigh(histories, now, self.config) @ self.weights, np.float32)

    def save(self, folder: Path) -> None:
        card = {"model": self.name, "config": asdict(self.config), "seed": self.seed}
        artefact.save(folder, {"weights": self.weights}, card)

    @classmethod
    def load(cls, folder: Path) -> Ease:
        arrays, card = artefact.load(folder)
        model = cls(Config(**card["config"]), card["seed"])
        model.weights = arrays["weights"]
        return model


def inverted(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """The inverse of a positive definite matrix, in its own memory."""
    if not len(matrix):
        return matrix
    factor, failed = lapack.spotrf(matrix, lower=1, overwrite_a=1)
    if failed:
        raise np.linalg.LinAlgError("The products' matrix is not positive definite.")
    half, _ = lapack.spotri(factor, lower=1, overwrite_c=1)
    # Only the lower triangle was written.
    for row in range(len(half)):
        half[row, row + 1 :] = half[row + 1 :, row]
    return np.asarray(half, np.float32)
