"""Which recommender suits a shop: candidates learn on the past, days after it judge."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_models.data import Deeds, Goods
from ml_models.exam import Exam, exam_of, strongest
from ml_models.grading import grade
from ml_models.recommenders.all import make
from ml_models.recommenders.base import Recommender
from ml_models.recommenders.ease import TooManyProductsError

# How far it is, 0 to 1, and what it does, in plain English.
Tell = Callable[[float, str], None]


def nobody(share: float, text: str) -> None:
    """Tells nobody."""


@dataclass(frozen=True)
class Recipe:
    """All that makes the same model again: plain JSON."""

    name: str
    config: Mapping[str, Any] = field(default_factory=dict)

    def card(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Chosen:
    """metrics: each candidate's ndcg10, recall20, coverage and fit_seconds by its label;
    grades: its NDCG@10 of each case, (cases,), in the same order for all."""

    recipe: Recipe
    label: str
    metrics: Mapping[str, Mapping[str, float]]
    grades: Mapping[str, NDArray[np.float64]]
    recipes: Mapping[str, Recipe]


# The humble ones first: where two are equal, the first stays.
SINGLES: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "popularity": [{}, {"half_life_days": 28.0}, {"half_life_days": 7.0}],
    "own_history": [{}, {"half_life_days": 30.0}, {"half_life_days": 120.0}],
    "item_knn": [{}, {"half_life_days": 60.0}],
    "ease": [{}, {"ridge": 50.0}, {"ridge": 800.0}],
}


def choose(
    past: Deeds,
    window: Deeds,
    goods: Goods,
    seed: int,
    tell: Tell = nobody,
    *,
    repeats: bool = True,
    most_cases: int = 6_000,
) -> Chosen:
    """Fit candidates on `past`, judge them by `window`, the days right after it.

    Both number users and products alike. What counts is the strongest kind of deed in the
    window; `repeats`: whether what was bought before is wanted again.
    """
    kind = strongest(window)
    exam = exam_of(past, window, kind=kind, repeats=repeats, most=most_cases, seed=seed)
    return choose_by(past, exam, goods, seed, tell)


def choose_by(
    past: Deeds, exam: Exam, goods: Goods, seed: int, tell: Tell = nobody
) -> Chosen:
    """The same, by cases that the caller made. ValueError where there are none."""
    if not len(exam):
        raise ValueError("There is no case to judge by.")
    metrics: dict[str, Mapping[str, float]] = {}
    grades: dict[str, NDArray[np.float64]] = {}
    recipes: dict[str, Recipe] = {}
    for step, (name, configs) in enumerate(SINGLES.items()):
        tell(step / len(SINGLES), f"Trying {name.replace('_', ' ')}")
        for config in configs:
            try:
                judged = judge(Recipe(name, config), past, exam, goods, seed)
            except TooManyProductsError:
                break
            if name not in metrics or judged[0]["ndcg10"] > metrics[name]["ndcg10"]:
                metrics[name], grades[name] = judged
                recipes[name] = Recipe(name, config)
    label = max(metrics, key=lambda name: metrics[name]["ndcg10"])
    tell(1.0, "Compared")
    return Chosen(recipes[label], label, metrics, grades, recipes)


def judge(
    recipe: Recipe, past: Deeds, exam: Exam, goods: Goods, seed: int
) -> tuple[dict[str, float], NDArray[np.float64]]:
    """Metrics and the NDCG@10 of each case."""
    begun = time.monotonic()
    model = fit(recipe, past, goods, seed)
    seconds = time.monotonic() - begun
    found = grade(model, exam)
    metrics = {
        "ndcg10": float(found.ndcg.mean()),
        "recall20": float(found.recall.mean()),
        "coverage": found.coverage(past.product_count),
        "fit_seconds": seconds,
    }
    return metrics, found.ndcg


def fit(recipe: Recipe, deeds: Deeds, goods: Goods, seed: int) -> Recommender:
    """A model of this recipe that learned from these deeds."""
    model = make(recipe.name, recipe.config, seed)
    model.fit(deeds, goods)
    return model
