"""What somebody did before, they do again: how often, how strongly, how long ago."""

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
from ml_models.recommenders.histories import Weighing, weights

# Share of the lightest own deed below which everybody's taste decides: never above it.
FAINT = 1e-3


@dataclass(frozen=True)
class Config(Weighing):
    """`prior`: how many deeds of others the rate of a product's re-buying is shrunk by;
    None: products are all re-bought alike."""

    prior: float | None = None


class OwnHistory:
    """Sums what was done with each product; popularity orders the rest."""

    name = "own_history"

    def __init__(self, config: Config | None = None, seed: int = 0) -> None:
        self.config = config or Config()
        self.seed = seed
        self.popularity: Scores = np.empty(0, np.float32)
        self.rates: Scores = np.empty(0, np.float32)

    def fit(self, deeds: Deeds, goods: Goods = NOTHING_KNOWN) -> Mapping[str, Any]:
        """Learn popularity below 1 and rates of re-buying: (products,) each."""
        counts = counted(deeds, np.ones(len(deeds)))
        users = np.asarray((counts > 0).sum(0), np.float32).ravel()
        again = np.asarray((counts > 1).sum(0), np.float32).ravel()
        self.popularity = users / max(1.0, float(users.max(initial=0)) + 1)
        self.rates = np.ones(deeds.product_count, np.float32)
        if self.config.prior is not None:
            mean = again.sum() / max(1.0, float(users.sum()))
            prior = self.config.prior
            self.rates = (again + prior * mean) / (users + prior)
            self.rates = (self.rates / max(float(mean), 1e-9)).astype(np.float32)
        return {"repeated_pairs": int(again.sum())}

    def score(self, histories: Deeds, now: float) -> Scores:
        """(users, products)."""
        found = counted(histories, weights(histories, now, self.config))
        own = np.asarray(found.todense(), np.float32) * self.rates
        lightest = np.where(own > 0, own, np.inf).min(1, keepdims=True, initial=1.0)
        return np.asarray(own + FAINT * lightest * self.popularity, np.float32)

    def save(self, folder: Path) -> None:
        card = {"model": self.name, "config": asdict(self.config), "seed": self.seed}
        arrays = {"popularity": self.popularity, "rates": self.rates}
        artefact.save(folder, arrays, card)

    @classmethod
    def load(cls, folder: Path) -> OwnHistory:
        arrays, card = artefact.load(folder)
        model = cls(Config(**card["config"]), card["seed"])
        model.popularity, model.rates = arrays["popularity"], arrays["rates"]
        return model


def counted(deeds: Deeds, found: Any) -> sp.csr_matrix:
    """(users, products): the sum of the weights."""
    return deeds.matrix(found.astype(np.float32))
