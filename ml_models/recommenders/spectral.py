"""A low-pass filter over who wanted what (GF-CF: Shen et al., CIKM 2021, arXiv:2108.07567):
neighbors, smoothed by the largest waves of the whole; strong where deeds are few."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ml_models import artefact
from ml_models.data import NOTHING_KNOWN, Deeds, Goods
from ml_models.recommenders.base import Scores
from ml_models.recommenders.histories import Weighing, weigh
from ml_models.recommenders.sparse import dense, pack, unpack


@dataclass(frozen=True)
class Config(Weighing):
    """`waves`: how many; `share`: how much they count beside the neighbors."""

    waves: int = 128
    share: float = 0.3


class Spectral:
    """near: (products, products); waves: (products, waves); scale: (products,)."""

    name = "spectral"

    def __init__(self, config: Config | None = None, seed: int = 0) -> None:
        self.config = config or Config()
        self.seed = seed
        self.near = sp.csr_matrix((0, 0), dtype=np.float32)
        self.waves: NDArray[np.float32] = np.empty((0, 0), np.float32)
        self.scale: NDArray[np.float32] = np.empty(0, np.float32)

    def fit(self, deeds: Deeds, goods: Goods = NOTHING_KNOWN) -> Mapping[str, Any]:
        """Learn near and waves."""
        users = deeds.matrix()
        counts = np.asarray(users.sum(0), np.float32).ravel()
        self.scale = np.sqrt(np.maximum(counts, 1))
        sizes = np.sqrt(np.maximum(np.asarray(users.sum(1)).ravel(), 1))
        even = sp.diags(1 / sizes) @ users @ sp.diags(1 / self.scale)
        even = sp.csr_matrix(even, dtype=np.float32)
        self.near = sp.csr_matrix(even.T @ even)
        self.near.setdiag(0)
        self.near.eliminate_zeros()
        count = max(1, min(self.config.waves, min(even.shape) - 1))
        self.waves = largest_waves(even, count, self.seed)
        return {"pairs": int(self.near.nnz), "waves": count}

    def score(self, histories: Deeds, now: float) -> Scores:
        """(users, products)."""
        users = weigh(histories, now, self.config)
        near = dense(users @ self.near)
        smooth = (users @ sp.diags(1 / self.scale) @ self.waves) @ self.waves.T
        return np.asarray(near + self.config.share * smooth * self.scale, np.float32)

    def save(self, folder: Path) -> None:
        card = {"model": self.name, "config": asdict(self.config), "seed": self.seed}
        arrays = {"waves": self.waves, "scale": self.scale, **pack("near", self.near)}
        artefact.save(folder, arrays, card)

    @classmethod
    def load(cls, folder: Path) -> Spectral:
        arrays, card = artefact.load(folder)
        model = cls(Config(**card["config"]), card["seed"])
        model.near = unpack("near", arrays)
        model.waves, model.scale = arrays["waves"], arrays["scale"]
        return model


def largest_waves(matrix: sp.csr_matrix, count: int, seed: int) -> NDArray[np.float32]:
    """(columns, count): right singular vectors of the largest values, found from a random
    beginning (Halko, Martinsson, Tropp, 2011, arXiv:0909.4061)."""
    chance = np.random.default_rng(seed)
    wide = min(count + 10, *matrix.shape)
    found = chance.standard_normal((matrix.shape[1], wide)).astype(np.float32)
    for _ in range(4):
        found, _ = np.linalg.qr(matrix.T @ (matrix @ found))
    _, _, turned = np.linalg.svd(matrix @ found, full_matrices=False)
    return np.asarray(found @ turned[:count].T, np.float32)
