"""What sells now: units sold, each day worth a little less than the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml_models import artefact


@dataclass(frozen=True)
class Config:
    """`half_life_days`: a sale this old counts half. None counts all alike."""

    half_life_days: float | None = 14.0


@dataclass(frozen=True)
class Sales:
    """Sold lines, one entry each: products (n,), ages in days (n,), units (n,)."""

    products: NDArray[np.int64]
    ages: NDArray[np.float64]
    units: NDArray[np.float64]


class Popularity:
    """Ranks products by decayed units sold."""

    def __init__(self, config: Config | None = None) -> None:
        self.config = config or Config()
        self.products: NDArray[np.int64] = np.empty(0, np.int64)
        self.scores: NDArray[np.float64] = np.empty(0)

    def fit(self, sales: Sales) -> dict[str, float]:
        """Learn scores; returns the history: rows and products seen."""
        weights = sales.units.astype(float)
        if self.config.half_life_days is not None:
            weights = weights * 0.5 ** (sales.ages / self.config.half_life_days)
        self.products, positions = np.unique(sales.products, return_inverse=True)
        self.scores = np.bincount(
            positions, weights, minlength=len(self.products)
        ).astype(np.float64)
        return {"rows": len(sales.products), "products": len(self.products)}

    def recommend(
        self, limit: int, exclude: Sequence[int] = ()
    ) -> list[tuple[int, float]]:
        """Best products with their scores; equal scores by smaller id first."""
        order = np.lexsort((self.products, -self.scores))
        allowed = [i for i in order if self.products[i] not in set(exclude)]
        return [(int(self.products[i]), float(self.scores[i])) for i in allowed[:limit]]

    def save(self, folder: Path) -> None:
        card = {"model": "popularity", "config": asdict(self.config)}
        artefact.save(folder, {"products": self.products, "scores": self.scores}, card)

    @classmethod
    def load(cls, folder: Path) -> Popularity:
        arrays, card = artefact.load(folder)
        model = cls(Config(**card["config"]))
        model.products, model.scores = arrays["products"], arrays["scores"]
        return model
