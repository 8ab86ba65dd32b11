"""Which recommender suits a shop: candidates learn on the past, days after it judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_models.data import Deeds, Goods
from ml_models.exam import Exam, exam_of, strongest
from ml_models.grading import grade
from ml_models.recommenders.all import make
from ml_models.recommenders.base import Recommender, Say, silent
from ml_models.recommenders.blend import Blend
from ml_models.recommenders.ease import TooManyProductsError
from ml_models.recommenders.learned import Learned, Recipe
from ml_models.recommenders.lesson import Lesson

# How far it is, 0 to 1, and what it does, in plain English.
Tell = Callable[[float, str], None]


def nobody(share: float, text: str) -> None:
    """Tells nobody."""


@dataclass(frozen=True)
class Chosen:
    """metrics: each candidate's ndcg10, recall20, coverage and fit_seconds by its label;
    grades: its NDCG@10 of each case, (cases,), in the same order for all."""

    recipe: Recipe
    label: str
    metrics: Mapping[str, Mapping[str, float]]
    grades: Mapping[str, NDArray[np.float64]]
    recipes: Mapping[str, Recipe]

    def with_better(
        self,
        label: str,
        recipe: Recipe,
        metrics: Mapping[str, float],
        grades: NDArray[np.float64],
    ) -> Chosen:
        """The same and this candidate, if it beats what has its label already."""
        former = self.metrics.get(label)
        if former is not None and former["ndcg10"] >= metrics["ndcg10"]:
            return self
        return replace(
            self,
            metrics={**self.metrics, label: metrics},
            grades={**self.grades, label: grades},
            recipes={**self.recipes, label: recipe},
        )


# The weakest candidates would only cost time.
MOST_MEMBERS = 8
# Wanted candidates below which a ranker would learn only chance.
LEAST_HITS = 100
# What competes: label, name, settings to try. The humble ones first: where two are equal,
# the first stays.
Line = tuple[str, Sequence[Mapping[str, Any]]]
SINGLES: Mapping[str, Line] = {
    "popularity": (
        "popularity",
        [{}, {"half_life_days": 28.0}, {"half_life_days": 7.0}],
    ),
    "own_history": (
        "own_history",
        [
            {},
            {"prior": 20.0},
            {"half_life_days": 120.0, "prior": 20.0},
            {"half_life_days": 400.0, "prior": 20.0},
            {"half_life_days": 60.0, "view": 0.2, "buy": 2.0},
        ],
    ),
    "item_knn": (
        "item_knn",
        [
            {},
            {"shrink": 50.0},
            {"shy": 0.7},
            {"half_life_days": 60.0},
            {"half_life_days": 60.0, "shy": 0.7},
            {"half_life_steps": 3.0},
        ],
    ),
    # What was touched last.
    "item_knn_last": ("item_knn", [{"half_life_steps": 1.0}]),
    "user_knn": (
        "user_knn",
        [{"rare": False}, {"half_life_days": 60.0}, {"half_life_steps": 3.0}],
    ),
    "sequence": ("sequence", [{}, {"reach": 3}, {"reach": 3, "memory": 3}]),
    "sequence_back": (
        "sequence",
        [{"looks_back": 3}, {"looks_back": 4, "back_weight": 0.2, "forgets": 0.8}],
    ),
    "sequence_far": (
        "sequence",
        [{"reach": 10, "memory": 10, "fade": 0.8, "forgets": 0.8}],
    ),
    "ease": (
        "ease",
        [
            {},
            {"ridge": 800.0},
            {"half_life_days": 60.0},
            {"half_life_steps": 3.0},
        ],
    ),
    "ials": (
        "ials",
        [
            {"confidence": 5.0, "ridge": 10.0},
            {"confidence": 1.0, "ridge": 10.0},
            {"factors": 128, "confidence": 1.0, "ridge": 10.0},
        ],
    ),
    "two_tower": ("two_tower", [{}]),
}
# Minutes rather than seconds; not worth it below so many deeds.
SLOW, LEAST_DEEDS = ("two_tower",), 20_000


def choose(
    past: Deeds,
    window: Deeds,
    goods: Goods,
    seed: int,
    tell: Tell = nobody,
    *,
    repeats: bool = True,
    most_cases: int = 4_000,
) -> Chosen:
    """Fit candidates on `past`, judge them by `window`, the days right after it.

    Both number users and products alike. What counts is the strongest kind of deed in the
    window; `repeats`: whether what was bought before is wanted again.
    """
    kind = strongest(window)
    exam = exam_of(past, window, kind=kind, repeats=repeats, most=most_cases, seed=seed)
    return choose_by(past, exam, goods, seed, tell)


def choose_by(
    past: Deeds,
    exam: Exam,
    goods: Goods,
    seed: int,
    tell: Tell = nobody,
    *,
    singles: Mapping[str, Line] = SINGLES,
) -> Chosen:
    """The same, by cases that the caller made. ValueError where there are none."""
    if not len(exam):
        raise ValueError("There is no case to judge by.")
    learned = Learned(past, goods, seed)
    share = 0.0
    learned.say = lambda text: tell(share, text)
    found = Chosen(Recipe("popularity"), "popularity", {}, {}, {})
    for step, (label, (name, configs)) in enumerate(singles.items()):
        share = 0.7 * step / len(singles)
        tell(share, f"Trying {label.replace('_', ' ')}")
        for config in configs:
            if not is_useful(name, config, past):
                continue
            recipe = Recipe(name, config)
            try:
                judged = judge(recipe, learned, exam)
            except TooManyProductsError:
                break
            former = found.recipes.get(label)
            found = found.with_better(label, recipe, *judged)
            beaten = former if found.recipes[label] == recipe else recipe
            if beaten is not None:
                learned.forget(beaten)
    share = 0.7
    tell(share, "Learning how to blend")
    for label, recipe, judged in blends(found, learned, exam):
        found = found.with_better(label, recipe, *judged)
    tell(1.0, "Compared")
    label = max(found.metrics, key=lambda name: found.metrics[name]["ndcg10"])
    return replace(found, recipe=found.recipes[label], label=label)


def is_useful(name: str, config: Mapping[str, Any], past: Deeds) -> bool:
    """Ages tell nothing where all deeds are of one day; a network learns little from few,
    and slowly."""
    if name in SLOW and len(past) < LEAST_DEEDS:
        return False
    dated = len(past) and float(np.ptp(past.days)) > 1
    return bool(dated) or not any(key.endswith("_days") for key in config)


def blends(
    found: Chosen, learned: Learned, exam: Exam
) -> Iterator[tuple[str, Recipe, tuple[dict[str, float], NDArray[np.float64]]]]:
    """A fusion and a ranker of all that were tried; each judged on cases that it has not
    learned from (cross-validation), then learned from all."""
    labels = sorted(found.metrics, key=lambda name: -found.metrics[name]["ndcg10"])
    for label in labels[MOST_MEMBERS:]:
        learned.forget(found.recipes[label])
    members = [found.recipes[label].card() for label in labels[:MOST_MEMBERS]]
    config: dict[str, Any] = {"members": members, "repeats": exam.repeats}
    recipe = Recipe(Blend.name, config)
    blend = learned.model(recipe)
    assert isinstance(blend, Blend)
    lesson = Lesson.of(blend.candidates(exam), exam)
    learned.say("Learning weights")
    ways = [("fusion", *lesson.fused())]
    if lesson.hits.sum() >= LEAST_HITS:
        ways.append(("ranker", *lesson.trained(learned.seed, learned.say)))
    for label, order, values in ways:
        grades, metrics = lesson.judged(values, learned.deeds.product_count)
        metrics["fit_seconds"] = learned.cost(recipe)
        yield label, Recipe(Blend.name, {**config, **order}), (metrics, grades)


def judge(
    recipe: Recipe, learned: Learned, exam: Exam
) -> tuple[dict[str, float], NDArray[np.float64]]:
    """Metrics and the NDCG@10 of each case."""
    model = learned.model(recipe)
    found = grade(model, exam, learned.say)
    metrics = {
        "ndcg10": float(found.ndcg.mean()),
        "recall20": float(found.recall.mean()),
        "coverage": found.coverage(learned.deeds.product_count),
        "fit_seconds": learned.cost(recipe),
    }
    return metrics, found.ndcg


def fit(
    recipe: Recipe, deeds: Deeds, goods: Goods, seed: int, say: Say = silent
) -> Recommender:
    """A model of this recipe that learned from these deeds."""
    model = make(recipe.name, recipe.config, seed, say)
    model.fit(deeds, goods)
    return model
