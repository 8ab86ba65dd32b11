"""How well one list for all predicts what each customer buys next."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import numpy as np

from apps.recommendations.services.frame import Frame
from ml_models.baselines.popularity import Config, Popularity, Sales
from ml_models.metrics import ndcg

SHELF = 10


def fitted(frame: Frame, as_of: datetime, config: Config) -> Popularity:
    ages = (as_of.timestamp() - frame.moments) / 86_400
    model = Popularity(config)
    model.fit(Sales(frame.products, ages, frame.units))
    return model


def mean_ndcg(model: Popularity, future: Frame) -> float:
    """Mean NDCG@10 over the customers who bought in `future`; 0 where nobody did."""
    wanted: dict[int, set[int]] = defaultdict(set)
    for customer, product in zip(future.customers, future.products, strict=True):
        wanted[int(customer)].add(int(product))
    shelf = [product for product, _ in model.recommend(SHELF)]
    scores = [ndcg(shelf, bought, SHELF) for bought in wanted.values()]
    return float(np.mean(scores)) if scores else 0.0
