"""Neighbors of products: each kind with its candidates, its humble rule and its judge.

Validation picks a recipe on 28 days; it meets the humble rule and the champion's recipe
on the next 28, each learned from the time before those.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from apps.accounts.models import Store
from apps.recommendations.models import Kind
from apps.recommendations.models.shelf import of_product
from apps.recommendations.services import shelves
from apps.recommendations.services.learning import history, pairs
from apps.recommendations.services.learning.evidence import Evidence, Rows, Scores
from apps.recommendations.services.learning.history import History
from apps.recommendations.services.learning.live import trials
from apps.recommendations.services.learning.looks import best
from apps.recommendations.services.learning.pairs import Pairs
from apps.registry.models import ModelVersion
from apps.registry.services.brain import (
    Check,
    Contest,
    Former,
    Tell,
    TooLittleDataError,
    Trials,
)
from ml_models import artefact

HORIZON = 28.0
LISTING = "Finding neighbors of every product"
LEARNED, HUMBLE = "neighbors", "best_sellers"
# So many products of a shop must have a list that is not empty.
LEAST_COVERED = 0.2
SAMPLE = 500
Recipe = Mapping[str, Any]


@dataclass(frozen=True)
class Lists:
    """Neighbors of all products: places (n, depth), scores (n, depth), and the ids."""

    products: NDArray[np.int64]
    places: NDArray[np.int64]
    scores: NDArray[np.float32]


class Beside(ABC):
    """What all kinds of neighbors do alike; a kind says how it scores and is judged."""

    shelf: ClassVar[Kind]
    kind: ClassVar[str]
    title: ClassVar[str]
    recipes: ClassVar[Sequence[Recipe]]
    source: ClassVar[str] = history.SOURCE

    @abstractmethod
    def cases(self, window: History) -> Pairs:
        """What it is judged by."""

    @abstractmethod
    def score(self, evidence: Evidence, recipe: Recipe, rows: Rows) -> Scores:
        """(rows, products): larger fits better, 0 not at all."""

    @abstractmethod
    def humble(self, evidence: Evidence, rows: Rows) -> Scores:
        """(rows, products): what a shop without models would do."""

    def read(self, store: Store, as_of: datetime, tell: Tell) -> History:
        return history.read(store, as_of, tell)

    def compete(
        self, data: History, former: Former | None, seed: int, tell: Tell
    ) -> Contest:
        rivals = self.validate(data, seed, tell)
        chosen = self.recipes[max(rivals, key=lambda n: rivals[n])]
        tell(0.7, "Comparing with what sells best")
        evidence = Evidence(data.between(np.inf, HORIZON))
        cases = self.cases_of(data.between(HORIZON, -1), seed)
        challenger = self.quality(evidence, LEARNED, chosen, cases)
        humble = self.quality(evidence, HUMBLE, {}, cases)
        champion = self.quality_of(former, evidence, cases)
        lists = self.lists(evidence, LEARNED, chosen, lambda share: tell(0.9, LISTING))
        return Contest(
            name=LEARNED,
            parameters=dict(chosen),
            challenger=challenger,
            humble=humble,
            champion=champion,
            metrics={**figures(challenger), "coverage": covered(lists)},
            baseline_metrics=figures(humble),
            data_from_at=data.as_of - history.WINDOW,
            data_to_at=data.as_of,
            training_rows=len(data.deeds),
            features=(
                "views",
                "carts",
                "orders",
                "categories",
                "brand",
                "color",
                "price",
            ),
            rivals={
                said(self.recipes[n]): {"ndcg_at_10": q} for n, q in rivals.items()
            },
            checks=[coverage(lists)],
            inputs=inputs(data),
            scores=lists.scores[:: max(1, len(lists.scores) // SAMPLE), 0].tolist(),
            humble_name=HUMBLE,
            champion_metrics={} if champion is None else figures(champion),
        )

    def validate(self, data: History, seed: int, tell: Tell) -> dict[int, float]:
        """Mean quality of each recipe by its number."""
        evidence = Evidence(data.between(np.inf, 2 * HORIZON))
        cases = self.cases_of(data.between(2 * HORIZON, HORIZON), seed)
        found: dict[int, float] = {}
        for number, recipe in enumerate(self.recipes):
            tell(0.7 * number / len(self.recipes), "Trying ways to find neighbors")
            found[number] = float(self.quality(evidence, LEARNED, recipe, cases).mean())
        return found

    def cases_of(self, window: History, seed: int) -> Pairs:
        found = self.cases(window).drawn(seed)
        if not len(found):
            raise TooLittleDataError("There is too little to judge neighbors by yet.")
        return found

    def quality(
        self, evidence: Evidence, name: str, recipe: Recipe, cases: Pairs
    ) -> NDArray[np.float64]:
        width = len(evidence.past.catalog.products)
        return pairs.quality(
            lambda rows: self.scored(evidence, name, recipe, rows), cases, width
        )

    def quality_of(
        self, former: Former | None, evidence: Evidence, cases: Pairs
    ) -> NDArray[np.float64] | None:
        """The champion's recipe, learned from the same days as the others."""
        if former is None:
            return None
        version = former.version
        return self.quality(evidence, version.name, version.parameters, cases)

    def scored(
        self, evidence: Evidence, name: str, recipe: Recipe, rows: Rows
    ) -> Scores:
        if name == HUMBLE:
            found = self.humble(evidence, rows)
        else:
            found = self.score(evidence, recipe, rows)
        found[np.arange(len(rows)), rows] = 0
        return found

    def lists(
        self,
        evidence: Evidence,
        name: str,
        recipe: Recipe,
        tell: Callable[[float], None],
    ) -> Lists:
        products = evidence.past.catalog.products
        parts = []
        for rows in pairs.chunks(len(products), len(products)):
            tell(rows[0] / len(products))
            scores = self.scored(evidence, name, recipe, rows)
            parts.append(best(scores, shelves.DEPTH))
        places, scores = (np.concatenate(part) for part in zip(*parts, strict=True))
        return Lists(products, places, scores)

    def fit(
        self, data: History, contest: Contest, folder: Path, seed: int, tell: Tell
    ) -> Lists:
        tell(0, LISTING)
        lists = self.lists(
            Evidence(data),
            contest.name,
            contest.parameters,
            lambda share: tell(share, LISTING),
        )
        card = {"model": contest.name, "parameters": dict(contest.parameters)}
        arrays: dict[str, NDArray[Any]] = {
            "products": lists.products, "places": lists.places, "scores": lists.scores,
        }  # fmt: skip
        artefact.save(folder, arrays, card)
        return lists

    def publish(self, version: ModelVersion, model: Lists, tell: Tell) -> int:
        rows = self.rows(model, tell)
        return shelves.write(version, self.shelf, rows, version.trained_at)

    def rows(
        self, model: Lists, tell: Tell
    ) -> Iterator[tuple[str, list[shelves.Picked]]]:
        for row, anchor in enumerate(model.products.tolist()):
            if row % shelves.AT_ONCE == 0:
                tell(row / len(model.products), "Publishing")
            others = model.products[model.places[row]].tolist()
            scores = model.scores[row].tolist()
            picks: list[shelves.Picked] = [
                (other, score, self.shelf.value, anchor)
                for other, score in zip(others, scores, strict=True)
                if score > 0
            ]
            yield of_product(anchor), picks

    def forget(self, version: ModelVersion) -> int:
        return shelves.forget(version)

    def sample(self, store: Store, as_of: datetime) -> Mapping[str, Sequence[float]]:
        return inputs(history.read(store, as_of, lambda share, text: None))

    def live(self, store: Store, since: datetime, until: datetime) -> Sequence[Trials]:
        return trials(store, self.shelf, since, until)


class Similar(Beside):
    shelf = Kind.SIMILAR
    kind = "recommendations.similar"
    title = "Similar products"
    recipes = [
        {"seen": seen, "alike": alike, "popular": popular}
        for seen, alike in ((1.0, 0.0), (1.0, 0.3), (1.0, 1.0), (0.3, 1.0), (0.0, 1.0))
        for popular in (0.0, 0.2)
    ]

    def cases(self, window: History) -> Pairs:
        return pairs.next_looks(window)

    def score(self, evidence: Evidence, recipe: Recipe, rows: Rows) -> Scores:
        found = recipe["seen"] * evidence.seen_with(rows)
        found = found + recipe["alike"] * evidence.alike(rows)
        return np.asarray(
            found * evidence.seen[None, :] ** recipe["popular"], np.float32
        )

    def humble(self, evidence: Evidence, rows: Rows) -> Scores:
        """What is looked at most in the same category."""
        types = evidence.past.catalog.types
        same = types[rows][:, None] == types[None, :]
        return np.asarray(same * evidence.seen[None, :], np.float32)


class Together(Beside):
    """The chance of being in the same order, shrunk to what the types say; `shy` is how
    much of a product's own popularity is taken out of it, 1 being the lift."""

    shelf = Kind.TOGETHER
    kind = "recommendations.together"
    title = "Often bought together"
    recipes = [
        {"prior": prior, "shy": shy, "margin": 0.1}
        for prior in (2.0, 10.0, 40.0)
        for shy in (0.0, 0.3, 0.7)
    ]

    def cases(self, window: History) -> Pairs:
        return pairs.same_order(window)

    def score(self, evidence: Evidence, recipe: Recipe, rows: Rows) -> Scores:
        found = evidence.bought_with(rows, recipe["prior"])
        share = evidence.sold / evidence.sold.sum()
        by_margin = evidence.margin(recipe["margin"])
        return np.asarray(found / share ** recipe["shy"] * by_margin, np.float32)

    def humble(self, evidence: Evidence, rows: Rows) -> Scores:
        return np.tile(evidence.sold, (len(rows), 1))


class Upsell(Beside):
    shelf = Kind.UPSELL
    kind = "recommendations.upsell"
    title = "A step up"
    recipes = [
        {"most": most, "alike": alike, "popular": popular}
        for most in (1.6, 2.5)
        for alike in (0.3, 1.0)
        for popular in (0.0, 0.3, 0.7)
    ]

    def cases(self, window: History) -> Pairs:
        return pairs.steps_up(window)

    def score(self, evidence: Evidence, recipe: Recipe, rows: Rows) -> Scores:
        fits = evidence.dearer(rows, recipe["most"])
        near = evidence.seen_with(rows) + recipe["alike"] * evidence.alike(rows) + 0.01
        found = fits * near * evidence.seen[None, :] ** recipe["popular"]
        return np.asarray(found * evidence.margin(0.1), np.float32)

    def humble(self, evidence: Evidence, rows: Rows) -> Scores:
        """What is looked at most among the dearer ones."""
        return np.asarray(
            evidence.dearer(rows, 2.5) * evidence.seen[None, :], np.float32
        )


class Outfit(Beside):
    shelf = Kind.OUTFIT
    kind = "recommendations.outfit"
    title = "Complete the outfit"
    recipes = [
        {"prior": prior, "colors": colors, "style": style}
        for prior in (5.0, 40.0)
        for colors in (0.0, 0.5, 1.0)
        for style in (0.0, 0.5)
    ]

    def cases(self, window: History) -> Pairs:
        return pairs.other_groups(window)

    def score(self, evidence: Evidence, recipe: Recipe, rows: Rows) -> Scores:
        found = evidence.other_group(rows) * evidence.bought_with(rows, recipe["prior"])
        if recipe["colors"]:
            found = found * evidence.harmony(rows) ** recipe["colors"]
        if recipe["style"]:
            found = found * (1 + recipe["style"] * evidence.alike(rows))
        return np.asarray(found, np.float32)

    def humble(self, evidence: Evidence, rows: Rows) -> Scores:
        """What sells best in the other groups."""
        return np.asarray(
            evidence.other_group(rows) * evidence.sold[None, :], np.float32
        )


def figures(quality: NDArray[np.float64]) -> dict[str, float]:
    return {"ndcg_at_10": float(quality.mean()), "cases": float(len(quality))}


def said(recipe: Recipe) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in recipe.items())


def covered(lists: Lists) -> float:
    """Share of products that have a neighbor."""
    return float((lists.scores[:, 0] > 0).mean()) if len(lists.scores) else 0.0


def coverage(lists: Lists) -> Check:
    share = covered(lists)
    says = f"Only {share:.0%} of the products would have a list."
    return Check("coverage", share, says, share >= LEAST_COVERED)


def inputs(data: History) -> dict[str, list[float]]:
    """How deeds spread over products, and how many are done by one user."""
    products = np.bincount(data.deeds.products, minlength=data.deeds.product_count)
    users = np.bincount(data.deeds.users)
    total = max(1, len(data.deeds))
    step = max(1, len(users) // 5_000)
    return {
        "share_of_a_product": (products / total).tolist(),
        "deeds_of_a_user": users[::step].astype(float).tolist(),
    }
