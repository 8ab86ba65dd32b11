"""Picks for each customer: what they want next, what customers like them bought, what
they buy again. Which recommender suits the shop is chosen by the shop's own data.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import structlog
from numpy.typing import NDArray

from apps.accounts.models import Store
from apps.recommendations.models import Kind
from apps.recommendations.models.shelf import EVERYBODY, of_customer
from apps.recommendations.services import shelves
from apps.recommendations.services.learning import beside, history, pairs
from apps.recommendations.services.learning.because import (
    NOBODY,
    Reasons,
    unreasoned,
)
from apps.recommendations.services.learning.beside import HORIZON
from apps.recommendations.services.learning.history import History
from apps.recommendations.services.learning.live import trials
from apps.recommendations.services.learning.looks import best
from apps.registry.models import ModelVersion
from apps.registry.services.brain import (
    Check,
    Contest,
    Former,
    Tell,
    TooLittleDataError,
    Trials,
)
from ml_models import data as deeds_of
from ml_models.data import Deeds
from ml_models.exam import Exam, exam_of, take_users
from ml_models.recommenders import choose
from ml_models.recommenders.base import Recommender
from ml_models.recommenders.ease import TooManyProductsError
from ml_models.recommenders.learned import Learned, Recipe

log = structlog.get_logger(__name__)

HUMBLE = Recipe("popularity", {"half_life_days": 28.0})
CASES = 6_000
# Of the catalog, among the first ten of anybody.
LEAST_COVERED = 0.02
# Beyond it likeness of all products to all does not fit into memory.
MOST_WITH_REASONS = 15_000
CODES = {deeds_of.VIEW: "viewed", deeds_of.CART: "viewed", deeds_of.BUY: "bought"}
SAMPLE = 500


@dataclass(frozen=True)
class Picks:
    """Rows to be: products, about: (k, depth) ids, about NOBODY where none; scores
    (k, depth), 0 or less where there is no pick; codes (k, depth) as kinds of deeds."""

    customers: NDArray[np.int64]
    products: NDArray[np.int64]
    scores: NDArray[np.float32]
    about: NDArray[np.int64]
    codes: NDArray[np.int8]
    of_all: list[shelves.Picked]


class People(ABC):
    """What kinds of picks for customers do alike."""

    shelf: ClassVar[Kind]
    kind: ClassVar[str]
    title: ClassVar[str]
    code: ClassVar[str] = "taste"
    humble: ClassVar[Recipe] = HUMBLE
    names_reasons: ClassVar[bool] = False
    serves_all: ClassVar[bool] = False
    source: ClassVar[str] = history.SOURCE

    @abstractmethod
    def recipes(self, past: History, window: History, seed: int, tell: Tell) -> Rivals:
        """Candidates and their quality on the validation window."""

    def exam(self, past: History, window: History, seed: int) -> Exam:
        found = exam_of(
            past.deeds, window.deeds, kind=strongest(window), most=CASES, seed=seed
        )
        if not len(found):
            raise TooLittleDataError(
                "Nobody came back lately: there is nothing to judge by."
            )
        return found

    def read(self, store: Store, as_of: datetime, tell: Tell) -> History:
        return history.read(store, as_of, tell)

    def compete(
        self, data: History, former: Former | None, seed: int, tell: Tell
    ) -> Contest:
        early = data.between(np.inf, 2 * HORIZON)
        rivals = self.recipes(early, data.between(2 * HORIZON, HORIZON), seed, tell)
        past, window = data.between(np.inf, HORIZON), data.between(HORIZON, -1)
        tell(0.7, "Comparing with what sells best")
        exam = self.exam(past, window, seed)
        share = 0.7
        learned = Learned(
            past.deeds, past.catalog.goods, seed, lambda text: tell(share, text)
        )

        def judged(recipe: Recipe) -> Judged:
            return choose.judge(recipe, learned, exam)

        metrics, challenger = judged(rivals.best)
        plain, humble = judged(self.humble)
        share = 0.9
        tell(share, "Comparing with the model that serves")
        champion = None
        champion_metrics: dict[str, float] = {}
        if former is not None:
            champion_metrics, champion = again(former, judged)
        return Contest(
            name=rivals.best.name,
            parameters=rivals.best.settings,
            learned=rivals.best.order,
            challenger=challenger,
            humble=humble,
            champion=champion,
            metrics=figures(metrics, challenger),
            baseline_metrics=figures(plain, humble),
            data_from_at=data.as_of - history.WINDOW,
            data_to_at=data.as_of,
            training_rows=len(data.deeds),
            features=("views", "carts", "orders", "recency", "categories", "price"),
            rivals={name: figures(found) for name, found in rivals.metrics.items()},
            checks=[
                coverage(metrics["coverage"], len(challenger), data.deeds.product_count)
            ],
            inputs=beside.inputs(data),
            humble_name=self.humble.name,
            humble_parameters=dict(self.humble.config),
            champion_metrics=figures(champion_metrics),
        )

    def fit(
        self, data: History, contest: Contest, folder: Path, seed: int, tell: Tell
    ) -> Picks:
        tell(0, "Learning from everything")
        recipe = Recipe(contest.name, {**contest.parameters, **contest.learned})
        model = choose.fit(
            recipe, data.deeds, data.catalog.goods, seed, partial(tell, 0.1)
        )
        tell(0.2, "Saving what was learned")
        model.save(folder)
        return self.picks(data, model, tell)

    def picks(self, data: History, model: Recommender, tell: Tell) -> Picks:
        """Of every customer who did anything, a part at a time: memory is bounded."""
        products = data.catalog.products
        active = np.bincount(data.deeds.users, minlength=data.deeds.user_count) > 0
        users = np.flatnonzero(active[: len(data.customers)])
        reasons = Reasons(data) if self.can_name(data) else None
        parts = []
        for part in pairs.chunks(len(users), len(products)):
            tell(0.3 + 0.6 * part[0] / len(users), "Picking for each customer")
            asked = take_users(data.deeds, users[part])
            scores = np.asarray(model.score(asked, data.end), np.float32)
            places, values = best(self.kept(asked, scores), shelves.DEPTH)
            about, codes = (
                reasons.of(asked, places) if reasons else unreasoned(places.shape)
            )
            parts.append((places, values, about, codes))
        found = [np.concatenate(part) for part in zip(*parts, strict=True)]
        places, values, about, codes = found if parts else nothing()
        return Picks(
            customers=data.customers[users],
            products=products[places],
            scores=values,
            about=np.where(about == NOBODY, NOBODY, products[about]),
            codes=codes,
            of_all=self.of_everybody(data),
        )

    def can_name(self, data: History) -> bool:
        few = len(data.catalog.products) <= MOST_WITH_REASONS
        return self.names_reasons and few and len(data.deeds) > 0

    def kept(self, asked: Deeds, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scores with what is no pick of this kind at minus infinity."""
        return scores

    def of_everybody(self, data: History) -> list[shelves.Picked]:
        """What somebody without a history gets: what sells now."""
        if not self.serves_all:
            return []
        model = choose.fit(HUMBLE, data.deeds, data.catalog.goods, 0)
        none = np.empty(0, np.int64)
        stranger = Deeds(
            none,
            none,
            none.astype(np.int8),
            none.astype(float),
            1,
            len(data.catalog.products),
        )
        places, values = best(
            np.asarray(model.score(stranger, data.end), np.float32), shelves.DEPTH
        )
        ids = data.catalog.products[places[0]].tolist()
        return [
            (product, value, "popular", None)
            for product, value in zip(ids, values[0].tolist(), strict=True)
        ]

    def publish(self, version: ModelVersion, model: Picks, tell: Tell) -> int:
        rows = self.rows(model, tell)
        return shelves.write(version, self.shelf, rows, version.trained_at)

    def rows(
        self, model: Picks, tell: Tell
    ) -> Iterator[tuple[str, list[shelves.Picked]]]:
        if model.of_all:
            yield EVERYBODY, model.of_all
        for row, customer in enumerate(model.customers.tolist()):
            if row % shelves.AT_ONCE == 0:
                tell(row / len(model.customers), "Publishing")
            yield of_customer(customer), self.row(model, row)

    def row(self, model: Picks, row: int) -> list[shelves.Picked]:
        columns = (model.products, model.scores, model.codes, model.about)
        whole = zip(*(column[row].tolist() for column in columns), strict=True)
        return [
            (product, score, CODES.get(code, self.code), None if who == NOBODY else who)
            for product, score, code, who in whole
            if np.isfinite(score)
        ]

    def forget(self, version: ModelVersion) -> int:
        return shelves.forget(version)

    def sample(self, store: Store, as_of: datetime) -> Mapping[str, Sequence[float]]:
        return beside.inputs(history.read(store, as_of, lambda share, text: None))

    def live(self, store: Store, since: datetime, until: datetime) -> Sequence[Trials]:
        return trials(store, self.shelf, since, until)


Judged = tuple[dict[str, float], NDArray[np.float64]]


def again(
    former: Former, judged: Callable[[Recipe], Judged]
) -> Judged | tuple[dict[str, float], None]:
    """How the champion's recipe does; None where today's code or catalog cannot make it
    any more."""
    version = former.version
    try:
        whole = {**version.parameters, **version.learned}
        return judged(Recipe(version.name, whole))
    except (KeyError, TypeError, TooManyProductsError):
        log.exception("training.champion_not_made", version=str(version))
        return {}, None


@dataclass(frozen=True)
class Rivals:
    best: Recipe
    metrics: Mapping[str, Mapping[str, float]]


class Personal(People):
    """The blend or whatever else does best in this shop, for everything next."""

    shelf = Kind.PERSONAL
    kind = "recommendations.personal"
    title = "Picks for each customer"
    names_reasons = True
    serves_all = True

    def recipes(self, past: History, window: History, seed: int, tell: Tell) -> Rivals:
        try:
            found = choose.choose(
                past.deeds, window.deeds, past.catalog.goods, seed,
                lambda share, text: tell(0.7 * share, text), most_cases=CASES,
            )  # fmt: skip
        except ValueError as error:
            raise TooLittleDataError(
                "There is too little to judge picks by yet."
            ) from error
        return Rivals(found.recipe, found.metrics)


class Alike(People):
    """What similar customers bought that this one has not."""

    shelf = Kind.ALIKE
    kind = "recommendations.alike"
    title = "Bought by similar customers"
    code = "alike"
    candidates = (
        Recipe("user_knn", {"neighbors": 50}),
        Recipe("user_knn", {"neighbors": 200}),
        Recipe("user_knn", {"neighbors": 200, "half_life_days": 90.0}),
    )

    def recipes(self, past: History, window: History, seed: int, tell: Tell) -> Rivals:
        return tried(self, self.candidates, (past, window), seed, tell)

    def exam(self, past: History, window: History, seed: int) -> Exam:
        found = exam_of(
            past.deeds, window.deeds, kind=strongest(window), repeats=False,
            most=CASES, seed=seed,
        )  # fmt: skip
        if not len(found):
            raise TooLittleDataError("Nobody bought anything new lately.")
        return found

    def kept(self, asked: Deeds, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        had = asked.where(asked.kinds == deeds_of.BUY)
        found = np.where(scores > 0, scores, -np.inf).astype(np.float32)
        found[had.users, had.products] = -np.inf
        return found


class Rebuy(People):
    """What this customer bought before, in the order in which it is due again."""

    shelf = Kind.REBUY
    kind = "recommendations.rebuy"
    title = "Buy it again"
    code = "rebuy"
    humble = Recipe("own_history", {"view": 0.0, "cart": 0.0})
    candidates = tuple(
        Recipe("own_history", {"half_life_days": days, "prior": prior, **more})
        for days in (60.0, 180.0)
        for prior in (None, 5.0)
        for more in ({"view": 0.0, "cart": 0.0}, {"view": 0.2, "cart": 0.5})
    )

    def recipes(self, past: History, window: History, seed: int, tell: Tell) -> Rivals:
        return tried(self, self.candidates, (past, window), seed, tell)

    def exam(self, past: History, window: History, seed: int) -> Exam:
        """Only purchases of what had been bought before."""
        width = past.deeds.product_count
        had = np.unique(past.buys.users * width + past.buys.products)
        deeds = window.buys
        again = deeds.where(np.isin(deeds.users * width + deeds.products, had))
        found = exam_of(past.deeds, again, kind=deeds_of.BUY, most=CASES, seed=seed)
        if not len(found):
            raise TooLittleDataError("Nobody bought anything again lately.")
        return found

    def kept(self, asked: Deeds, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        had = asked.where(asked.kinds == deeds_of.BUY)
        found = np.full(scores.shape, -np.inf, np.float32)
        found[had.users, had.products] = scores[had.users, had.products]
        return found


def tried(
    brain: People,
    candidates: Sequence[Recipe],
    split: tuple[History, History],
    seed: int,
    tell: Tell,
) -> Rivals:
    past, window = split
    exam = brain.exam(past, window, seed)
    metrics: dict[str, dict[str, float]] = {}
    for number, recipe in enumerate(candidates):
        share = 0.7 * number / len(candidates)
        tell(share, "Letting candidates compete")
        learned = Learned(past.deeds, past.catalog.goods, seed, partial(tell, share))
        found, _ = choose.judge(recipe, learned, exam)
        metrics[f"{recipe.name} {number + 1}"] = found
    names = list(metrics)
    winner = max(range(len(names)), key=lambda n: metrics[names[n]]["ndcg10"])
    return Rivals(candidates[winner], metrics)


def nothing() -> list[NDArray[Any]]:
    empty = (0, shelves.DEPTH)
    return [np.zeros(empty, np.int64), np.zeros(empty, np.float32), *unreasoned(empty)]


def strongest(window: History) -> int:
    """Of this brain's cases: purchases, where there are any."""
    return deeds_of.BUY if len(window.buys) else deeds_of.VIEW


def coverage(share: float, cases: int, products: int) -> Check:
    """A few customers cannot cover a large catalog: of them, a tenth of what they could
    is enough."""
    says = f"Only {share:.1%} of the products would be among anybody's first ten."
    possible = min(1.0, 10 * cases / max(products, 1))
    return Check("coverage", share, says, share >= min(LEAST_COVERED, possible / 10))


def figures(
    metrics: Mapping[str, float], quality: NDArray[np.float64] | None = None
) -> dict[str, float]:
    """Under the names that all kinds use."""
    names = {"ndcg10": "ndcg_at_10", "recall20": "recall_at_20"}
    found = {names.get(name, name): float(value) for name, value in metrics.items()}
    return found if quality is None else {**found, "cases": float(len(quality))}
