"""What everybody wants: users of each product, the recent ones worth more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ml_models import artefact
from ml_models.data import NOTHING_KNOWN, Deeds, Goods
from ml_models.recommenders.base import Scores
from ml_models.recommenders.histories import Weighing, weigh


@dataclass(frozen=True)
class Config(Weighing):
    """`window_days`: only so many last days count; None: all."""

    window_days: float | None = None


class Popularity:
    """The same answer for everybody."""

    name = "popularity"

    def __init__(self, config: Config | None = None, seed: int = 0) -> None:
        self.config = config or Config()
        self.seed = seed
        self.scores: Scores = np.empty(0, np.float32)

    def fit(self, deeds: Deeds, goods: Goods = NOTHING_KNOWN) -> Mapping[str, Any]:
        """Learn scores: (products,)."""
        last = float(deeds.days.max()) if len(deeds) else 0.0
        if self.config.window_days is not None:
            deeds = deeds.where(deeds.days > last - self.config.window_days)
        found = weigh(deeds, last, self.config).sum(0)
        self.scores = np.asarray(found, np.float32).ravel()
        return {"deeds": len(deeds), "products": int((self.scores > 0).sum())}

    def score(self, histories: Deeds, now: float) -> Scores:
        """(users, products)."""
        return np.tile(self.scores, (histories.user_count, 1))

    def save(self, folder: Path) -> None:
        card = {"model": self.name, "config": asdict(self.config), "seed": self.seed}
        artefact.save(folder, {"scores": self.scores}, card)

    @classmethod
    def load(cls, folder: Path) -> Popularity:
        arrays, card = artefact.load(folder)
        model = cls(Config(**card["config"]), card["seed"])
        model.scores = arrays["scores"]
        return model
