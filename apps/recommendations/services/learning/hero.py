"""Favorites of each group of customers: what those who spend alike buy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apps.accounts.models import Store
from apps.features.services.frame import frame
from apps.recommendations.models import Kind
from apps.recommendations.models.shelf import EVERYBODY, of_segment
from apps.recommendations.services import shelves
from apps.recommendations.services.learning import beside, history
from apps.recommendations.services.learning.beside import HORIZON
from apps.recommendations.services.learning.history import History
from apps.recommendations.services.learning.looks import best
from apps.recommendations.services.segments import GROUPS, group_of
from apps.registry.models import ModelVersion
from apps.registry.services.brain import Contest, Former, Tell, TooLittleDataError
from ml_models import artefact
from ml_models.metrics import ndcg

NAME = "by_group"
# How many purchases of the group weigh as much as what everybody buys.
PRIORS = (5.0, 20.0, 80.0, 320.0)
HALF_LIFE = 28.0
SHORT = 10
# All customers are one group.
HUMBLE = {"prior": None}


@dataclass(frozen=True)
class Crowd:
    """groups: by days before the history's end, (users,) of its users by number. Whoever
    buys much in the days to be foreseen is not in a group for it."""

    history: History
    groups: Mapping[float, NDArray[np.int64]]


@dataclass(frozen=True)
class Lists:
    products: NDArray[np.int64]
    scores: NDArray[np.float32]  # (groups, products)


class Hero:
    kind = "recommendations.hero"
    title = "Favorites of each group"
    source = history.SOURCE

    def read(self, store: Store, as_of: datetime, tell: Tell) -> Crowd:
        found = history.read(store, as_of, tell)
        moments = (0, HORIZON, 2 * HORIZON)
        return Crowd(found, {back: groups_at(store, found, back) for back in moments})

    def compete(
        self, data: Crowd, former: Former | None, seed: int, tell: Tell
    ) -> Contest:
        tell(0, "Counting what each group buys")
        rivals = {
            prior: float(quality(data, HORIZON, prior).mean()) for prior in PRIORS
        }
        chosen = max(rivals, key=lambda prior: rivals[prior])
        challenger, humble = quality(data, 0, chosen), quality(data, 0, None)
        champion = None
        if former is not None:
            champion = quality(data, 0, former.version.parameters["prior"])
        if not len(challenger):
            raise TooLittleDataError("Nobody bought anything lately.")
        return Contest(
            name=NAME,
            parameters={"prior": chosen},
            challenger=challenger,
            humble=humble,
            champion=champion,
            metrics=beside.figures(challenger),
            baseline_metrics=beside.figures(humble),
            data_from_at=data.history.as_of - history.WINDOW,
            data_to_at=data.history.as_of,
            training_rows=len(data.history.buys),
            features=("orders", "spent"),
            rivals={f"prior {p:g}": {"ndcg_at_10": q} for p, q in rivals.items()},
            inputs=beside.inputs(data.history),
            humble_name=NAME,
            humble_parameters=HUMBLE,
            champion_metrics={} if champion is None else beside.figures(champion),
        )

    def fit(
        self, data: Crowd, contest: Contest, folder: Path, seed: int, tell: Tell
    ) -> Lists:
        scores = favorites(data.groups[0], data.history, contest.parameters["prior"])
        products = data.history.catalog.products
        card = {"model": NAME, "parameters": dict(contest.parameters)}
        artefact.save(folder, {"products": products, "scores": scores}, card)
        return Lists(products, scores)

    def publish(self, version: ModelVersion, model: Lists, tell: Tell) -> int:
        places, values = best(model.scores, shelves.DEPTH)
        subjects = [of_segment(name) for name in GROUPS] + [EVERYBODY]
        codes = ["hero"] * len(GROUPS) + ["popular"]
        lists = []
        for row, (subject, code) in enumerate(zip(subjects, codes, strict=True)):
            ids = model.products[places[row]].tolist()
            ranked = zip(ids, values[row].tolist(), strict=True)
            picks: list[shelves.Picked] = [
                (p, v, code, None) for p, v in ranked if v > 0
            ]
            lists.append((subject, picks))
        return shelves.write(version, Kind.HERO, lists, version.trained_at)

    def forget(self, version: ModelVersion) -> int:
        return shelves.forget(version)

    def sample(self, store: Store, as_of: datetime) -> Mapping[str, Sequence[float]]:
        return beside.inputs(history.read(store, as_of, lambda share, text: None))


def groups_at(store: Store, found: History, back: float) -> NDArray[np.int64]:
    """By what they had spent before that moment."""
    numbers = frame(store, "customer", found.as_of - timedelta(days=back))
    spent = dict(zip(numbers["customer"], numbers["spent"], strict=True))
    places = {name: number for number, name in enumerate(GROUPS)}
    names = (group_of(spent.get(one) or 0.0) for one in found.customers.tolist())
    groups = np.zeros(found.deeds.user_count, np.int64)
    known = np.array([places[name] for name in names], np.int64)
    groups[: len(known)] = known
    return groups


def favorites(
    groups: NDArray[np.int64], past: History, prior: float | None
) -> NDArray[np.float32]:
    """(groups and everybody last, products): shares of what is bought, lately more."""
    buys = past.buys
    weights = np.exp2(-(past.end - buys.days) / HALF_LIFE)
    count = buys.product_count
    cells = groups[buys.users] * count + buys.products
    sums = np.bincount(cells, weights, len(GROUPS) * count).reshape(-1, count)
    whole = sums.sum(0)
    of_all = whole / max(float(whole.sum()), 1e-9)
    if prior is None:
        return np.tile(of_all, (len(GROUPS) + 1, 1)).astype(np.float32)
    totals = sums.sum(1, keepdims=True)
    shrunk = (sums + prior * of_all) / (totals + prior)
    return np.concatenate([shrunk, of_all[None, :]]).astype(np.float32)


def quality(data: Crowd, back: float, prior: float | None) -> NDArray[np.float64]:
    """NDCG@10 of each customer who bought in the 28 days that ended `back` days ago."""
    past = data.history.between(np.inf, back + HORIZON)
    window = data.history.between(back + HORIZON, back or -1).buys
    groups = data.groups[back + HORIZON]
    lists, _ = best(favorites(groups, past, prior), SHORT)
    wanted: dict[int, set[int]] = {}
    for user, product in zip(
        window.users.tolist(), window.products.tolist(), strict=True
    ):
        wanted.setdefault(user, set()).add(product)
    return np.array(
        [
            ndcg(lists[groups[user]].tolist(), bought, SHORT)
            for user, bought in wanted.items()
        ]
    )
