"""LightGBM: a mean of several, each of other rows and features; exact TreeSHAP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import lightgbm
import numpy as np

from ml_models.data import Floats
from ml_models.value.snapshots import Lesson

SETTINGS: Mapping[str, Any] = {
    "learning_rate": 0.03,
    "num_leaves": 7,
    "min_data_in_leaf": 60,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "feature_fraction": 0.5,
    "lambda_l2": 5.0,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}
ROUNDS = 120


class Boosting:
    """Boosters read from their texts."""

    def __init__(self, texts: tuple[str, ...]) -> None:
        self.texts = texts
        self.boosters = [lightgbm.Booster(model_str=text) for text in texts]

    def correction(self, features: Floats) -> Floats:
        """(rows,): what is added to what rhythms say, in log-odds or logs of money."""
        parts = [some.predict(features, raw_score=True) for some in self.boosters]
        found: Floats = np.mean(parts, axis=0)
        return found

    def contributions(self, features: Floats) -> Floats:
        """(rows, features + 1): what each feature adds; last, what all start from."""
        parts = [some.predict(features, pred_contrib=True) for some in self.boosters]
        found: Floats = np.mean(parts, axis=0)
        return found


def boost(rows: Lesson, start: Floats, bought: bool, seeds: range) -> Boosting:
    """One booster for each seed: of buying, or of what buyers spend.

    start: (rows,) what rhythms say. From there it is not far, so that few rows and short
    targets do no harm.
    """
    target = rows.bought if bought else rows.spend
    objective = "binary" if bought else "gamma"
    texts = []
    for seed in seeds:
        data = lightgbm.Dataset(
            rows.features, target, weight=rows.weights, init_score=start
        )
        settings = {**SETTINGS, "objective": objective, "seed": seed}
        booster = lightgbm.train(settings, data, num_boost_round=ROUNDS)
        texts.append(str(booster.model_to_string()))
    return Boosting(tuple(texts))
