"""What similar customers wanted: neighbors by cosine, the nearest decide."""

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
from ml_models.recommenders.sparse import dense, keep_largest, pack, unit_rows, unpack


@dataclass(frozen=True)
class Config(Weighing):
    """`neighbors` who decide; `power`: how much more the nearer ones count;
    `rare`: whether what few have in common counts more (idf)."""

    neighbors: int = 200
    power: float = 1.0
    rare: bool = True


class UserKnn:
    """users: (users, products), what each has, each row of length one."""

    name = "user_knn"

    def __init__(self, config: Config | None = None, seed: int = 0) -> None:
        self.config = config or Config()
        self.seed = seed
        self.users = sp.csr_matrix((0, 0), dtype=np.float32)
        self.rarity: Scores = np.empty(0, np.float32)
        self.unit = self.users

    def fit(self, deeds: Deeds, goods: Goods = NOTHING_KNOWN) -> Mapping[str, Any]:
        """Remember users, and how rare products are: (products,)."""
        last = float(deeds.days.max()) if len(deeds) else 0.0
        self.users = weigh(deeds, last, self.config)
        self.rarity = np.ones(deeds.product_count, np.float32)
        if self.config.rare:
            counts = np.bincount(self.users.indices, minlength=deeds.product_count)
            rarity = np.log1p(deeds.user_count / np.maximum(counts, 1))
            self.rarity = rarity.astype(np.float32)
        self.unit = self.directions(self.users)
        return {"users": deeds.user_count, "pairs": int(self.users.nnz)}

    def score(self, histories: Deeds, now: float) -> Scores:
        """(users, products)."""
        asked = self.directions(weigh(histories, now, self.config))
        near = (asked @ self.unit.T).tocsr()
        near.data **= self.config.power
        near = keep_largest(near, self.config.neighbors)
        return dense(near @ self.users)

    def directions(self, users: sp.csr_matrix) -> sp.csr_matrix:
        """The same weighted by rarity, each row of length one."""
        return unit_rows(sp.csr_matrix(users @ sp.diags(self.rarity)))

    def save(self, folder: Path) -> None:
        card = {"model": self.name, "config": asdict(self.config), "seed": self.seed}
        arrays = {"rarity": self.rarity, **pack("users", self.users)}
        artefact.save(folder, arrays, card)

    @classmethod
    def load(cls, folder: Path) -> UserKnn:
        arrays, card = artefact.load(folder)
        model = cls(Config(**card["config"]), card["seed"])
        model.users, model.rarity = unpack("users", arrays), arrays["rarity"]
        model.unit = model.directions(model.users)
        return model
