"""Two ways to order candidates, learned from cases: weights of ranks, and a LightGBM."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ml_models.data import Ints
from ml_models.recommenders.candidates import Candidates

STEPS = (0.0, 0.3, 1.0, 3.0)
ROUNDS = (50, 100, 200)
SHORT = 10
RANKER: Mapping[str, Any] = {
    "objective": "lambdarank",
    "lambdarank_truncation_level": 20,
    "learning_rate": 0.07,
    "num_leaves": 31,
    "min_data_in_leaf": 50,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


def relevant(found: Candidates, wanted: sp.csr_matrix) -> NDArray[np.float32]:
    """(rows,): 1 where the case wanted the candidate."""
    hits = np.asarray(wanted[found.cases, found.products]).ravel()
    return (hits > 0).astype(np.float32)


def ndcg(
    found: Candidates,
    hits: NDArray[np.float32],
    wanted: Ints,
    values: NDArray[Any],
) -> NDArray[np.float64]:
    """(cases,): NDCG@10 of the order by these values; wanted: (cases,), how many."""
    order = np.lexsort((-values, found.cases))
    begins = np.concatenate([[0], np.cumsum(found.sizes())])[:-1]
    places = np.arange(len(order)) - begins[found.cases[order]]
    discounts = 1 / np.log2(np.arange(2, SHORT + 2))
    seen = places < SHORT
    rows = order[seen]
    gains = hits[rows] * discounts[places[seen]]
    sums = np.bincount(found.cases[rows], gains, minlength=found.case_count)
    return np.asarray(sums / np.cumsum(discounts)[np.minimum(wanted, SHORT) - 1])


def learn_weights(
    found: Candidates, hits: NDArray[np.float32], wanted: Ints
) -> list[float]:
    """Weights of members' ranks by coordinate ascent: from the best member alone, each
    in turn takes the step that helps most, until none helps."""
    count = found.ranked.shape[1]
    alone = [ndcg(found, hits, wanted, found.ranked[:, n]).mean() for n in range(count)]
    weights = np.zeros(count)
    weights[int(np.argmax(alone))] = 1.0
    highest = max(alone)
    for _ in range(2):
        before = highest
        for member in range(count):
            for step in STEPS:
                trial = weights.copy()
                trial[member] = step
                if not trial.any():
                    continue
                value = ndcg(found, hits, wanted, found.ranked @ trial).mean()
                if value > highest:
                    highest, weights = value, trial
        if highest <= before:
            break
    return [float(weight) for weight in weights]


def learn_ranker(
    found: Candidates, hits: NDArray[np.float32], seed: int, rounds: int
) -> str:
    """A LightGBM lambdarank as text. Cases none of whose candidates was wanted teach
    nothing and are left out."""
    import lightgbm  # a second to import

    useful = np.bincount(found.cases, hits, minlength=found.case_count) > 0
    rows = useful[found.cases]
    data = lightgbm.Dataset(
        found.features[rows],
        hits[rows],
        group=found.sizes()[useful],
        free_raw_data=True,
    )
    booster = lightgbm.train({**RANKER, "seed": seed}, data, num_boost_round=rounds)
    return str(booster.model_to_string())


class Ranker:
    """A LightGBM read from its text."""

    def __init__(self, text: str) -> None:
        import lightgbm

        self.booster = lightgbm.Booster(model_str=text)

    def values(
        self, found: Candidates, rounds: int | None = None
    ) -> NDArray[np.float64]:
        """(rows,)."""
        if not len(found.cases):
            return np.empty(0)
        return np.asarray(self.booster.predict(found.features, num_iteration=rounds))
