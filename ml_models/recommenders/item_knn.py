"""Who wanted this wanted that: products whose users are the same (cosine, shrunk)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from ml_models import artefact
from ml_models.data import NOTHING_KNOWN, Deeds, Goods
from ml_models.recommenders.base import Scores
from ml_models.recommenders.histories import Weighing, weigh
from ml_models.recommenders.sparse import dense, keep_largest, pack, unpack


@dataclass(frozen=True)
class Config(Weighing):
    """`neighbors` of each product; `shrink`: how many common users are believed;
    `shy`: how much the popularity of a neighbor counts against it, as a power."""

    neighbors: int = 100
    shrink: float = 10.0
    shy: float = 0.5
    # Weighs deeds when it learns, too, not only when it answers.
    learns_age: bool = False


class ItemKnn:
    """similar: (products, products); row: what was had, column: what fits it."""

    name = "item_knn"

    def __init__(self, config: Config | None = None, seed: int = 0) -> None:
        self.config = config or Config()
        self.seed = seed
        self.similar = sp.csr_matrix((0, 0), dtype=np.float32)

    def fit(self, deeds: Deeds, goods: Goods = NOTHING_KNOWN) -> Mapping[str, Any]:
        """Learn similar."""
        users = deeds.matrix()
        if self.config.learns_age and len(deeds):
            users = weigh(deeds, float(deeds.days.max()), self.config)
        common = (users.T @ users).tocsr()
        sizes = common.diagonal()
        common.setdiag(0)
        common.eliminate_zeros()
        rows = np.repeat(np.arange(common.shape[0]), np.diff(common.indptr))
        shy = self.config.shy
        norms = sizes[rows] ** (1 - shy) * sizes[common.indices] ** shy
        common.data = common.data / (norms + self.config.shrink)
        self.similar = keep_largest(common.astype(np.float32), self.config.neighbors)
        return {"pairs": int(self.similar.nnz)}

    def score(self, histories: Deeds, now: float) -> Scores:
        """(users, products)."""
        return dense(weigh(histories, now, self.config) @ self.similar)

    def save(self, folder: Path) -> None:
        card = {"model": self.name, "config": asdict(self.config), "seed": self.seed}
        artefact.save(folder, pack("similar", self.similar), card)

    @classmethod
    def load(cls, folder: Path) -> ItemKnn:
        arrays, card = artefact.load(folder)
        model = cls(Config(**card["config"]), card["seed"])
        model.similar = unpack("similar", arrays)
        return model
