"""How well one list for all predicts what each customer buys next."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from apps.recommendations.services.frame import Frame
from ml_models.baselines.popularity import Config, Popularity, Sales
from ml_models.metrics import ndcg

SHELF = 10


def fitted(frame: Frame, as_of: datetime, config: Config) -> Popularity:
    ages = (as_of.timestamp() - frame.moments) / 86_400
    model = Popularity(config)
    model.fit(Sales(frame.products, ages, frame.units))
    return model


def ndcg_by_customer(model: Popularity, future: Frame) -> NDArray[np.float64]:
    """NDCG@10 of one list for all, for each customer who bought in `future`, by id."""
    wanted: dict[int, set[int]] = defaultdict(set)
    for customer, product in zip(future.customers, future.products, strict=True):
        wanted[int(customer)].add(int(product))
    shelf = [product for product, _ in model.recommend(SHELF)]
    scores = [ndcg(shelf, wanted[customer], SHELF) for customer in sorted(wanted)]
    return np.array(scores, np.float64)
