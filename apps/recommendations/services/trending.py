"""What is trending: the first of the brains, and the one all others must beat.

Half-lives compete on a validation window of 28 days; the winner meets the humble list
(all sales count alike) and the champion's half-life on the next 28 days, each learned
from the time before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apps.accounts.models import Store
from apps.recommendations.models import TRENDING, Kind
from apps.recommendations.models.shelf import EVERYBODY
from apps.recommendations.services import shelves
from apps.recommendations.services.evaluate import fitted, ndcg_by_customer
from apps.recommendations.services.frame import WINDOW, Frame, sold_lines
from apps.registry.models import ModelVersion
from apps.registry.services.brain import Contest, Former, Tell, TooLittleDataError
from apps.shop.models import Product
from ml_models.baselines.popularity import Config

HALF_LIVES = (3.0, 7.0, 14.0, 28.0, 56.0, 112.0)
HUMBLE = Config(half_life_days=None)
HORIZON = timedelta(days=28)
NAME = "popularity"
# Deeper than other shelves: it also fills those of one category.
DEPTH = 200
Ranking = list[tuple[int, float]]


@dataclass(frozen=True)
class Sold:
    """The lines of a year, and the moment until which they were read."""

    frame: Frame
    as_of: datetime

    def quality(self, until: datetime, config: Config) -> NDArray[np.float64]:
        """NDCG@10 of each customer who bought in the 28 days before `until`."""
        split = until - HORIZON
        past = self.frame.between(until - WINDOW - HORIZON, split)
        if not len(past.products):
            raise TooLittleDataError("There are too few orders to learn from yet.")
        model = fitted(past, split, config)
        return ndcg_by_customer(model, self.frame.between(split, until))


class Trending:
    kind = TRENDING
    title = "Trending products"

    def read(self, store: Store, as_of: datetime, tell: Tell) -> Sold:
        tell(0, "Reading what was sold")
        return Sold(sold_lines(store, as_of), as_of)

    def compete(
        self, data: Sold, former: Former | None, seed: int, tell: Tell
    ) -> Contest:
        tell(0, "Letting half-lives compete")
        rivals = {
            half_life: mean(data.quality(data.as_of - HORIZON, Config(half_life)))
            for half_life in HALF_LIVES
        }
        best = Config(max(rivals, key=lambda half_life: rivals[half_life]))
        tell(0.6, "Comparing with the plain best-seller list")
        challenger = data.quality(data.as_of, best)
        humble = data.quality(data.as_of, HUMBLE)
        champion = None
        if former:
            champion = data.quality(data.as_of, Config(**former.version.parameters))
        return Contest(
            name=NAME,
            parameters=asdict(best),
            challenger=challenger,
            humble=humble,
            champion=champion,
            metrics={"ndcg_at_10": mean(challenger)},
            baseline_metrics={"ndcg_at_10": mean(humble)},
            data_from_at=data.as_of - WINDOW,
            data_to_at=data.as_of,
            training_rows=len(data.frame.products),
            features=("sold_units",),
            rivals={
                f"half_life_{half_life:g}": {"ndcg_at_10": quality}
                for half_life, quality in rivals.items()
            },
            inputs=inputs(data.frame),
            scores=shares(ranking(data, best)),
            humble_name=NAME,
            humble_parameters=asdict(HUMBLE),
            champion_metrics={} if champion is None else {"ndcg_at_10": mean(champion)},
        )

    def fit(
        self, data: Sold, contest: Contest, folder: Path, seed: int, tell: Tell
    ) -> Ranking:
        tell(0, "Counting what sells now")
        model = fitted(data.frame, data.as_of, Config(**contest.parameters))
        model.save(folder)
        return model.recommend(len(data.frame.products))

    def publish(self, version: ModelVersion, model: Ranking, tell: Tell) -> int:
        """What is hidden stays in the list: answers look that up, and it may come back."""
        there = set(
            Product.objects.of(version.store).live().values_list("pk", flat=True)
        )
        picks: list[shelves.Picked] = [
            (product, score, "trending", None)
            for product, score in model
            if product in there
        ]
        lists = [(EVERYBODY, picks)]
        return shelves.write(version, Kind.TRENDING, lists, version.trained_at, DEPTH)

    def forget(self, version: ModelVersion) -> int:
        return shelves.forget(version)

    def sample(self, store: Store, as_of: datetime) -> Mapping[str, Sequence[float]]:
        return inputs(sold_lines(store, as_of))


def mean(qualities: NDArray[np.float64]) -> float:
    return float(qualities.mean()) if len(qualities) else 0.0


def ranking(data: Sold, config: Config) -> Ranking:
    model = fitted(data.frame, data.as_of, config)
    return model.recommend(DEPTH)


def shares(found: Ranking) -> list[float]:
    """Scores as shares of their sum: a shop that grows says nothing new."""
    total = sum(score for _, score in found) or 1.0
    return [score / total for _, score in found]


def inputs(frame: Frame) -> dict[str, list[float]]:
    """How much is bought at a time, and how much of a year's sales each product has."""
    _, counts = np.unique(frame.products, return_counts=True)
    return {
        "units_of_a_line": frame.units.tolist(),
        "share_of_a_product": (counts / max(counts.sum(), 1)).tolist(),
    }
