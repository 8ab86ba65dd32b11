"""Several recommenders as one: each proposes, an order learned from later cases decides."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ml_models import artefact
from ml_models.data import NOTHING_KNOWN, Deeds, Goods
from ml_models.exam import Exam, chunks, take_users
from ml_models.recommenders.all import load, make
from ml_models.recommenders.base import Recommender, Say, Scores, silent
from ml_models.recommenders.candidates import (
    RECENT,
    Candidates,
    Facts,
    facts,
    gather,
)
from ml_models.recommenders.ordering import Ranker
from ml_models.recommenders.sparse import pack, unpack

# Cells of scores of each member that are held at once: 16 MiB.
CELLS = 2**22


@dataclass(frozen=True)
class Config:
    """`members`: name and config of each, the best first: what no member proposes is in
    its order. `repeats`: may what was bought be proposed? `deep`: how many each proposes,
    `most`: how many are ordered. `ranker`: a LightGBM's text; without it the members'
    ranks, by `weights`."""

    members: Sequence[Mapping[str, Any]] = field(
        default_factory=lambda: [
            {"name": "item_knn", "config": {}},
            {"name": "own_history", "config": {}},
            {"name": "popularity", "config": {}},
        ]
    )
    repeats: bool = True
    deep: int = 30
    most: int = 60
    weights: Sequence[float] = (1.0, 1.0, 0.2)
    ranker: str = ""


class Blend:
    """Learns its members again on any deeds; the order it was given stays."""

    name = "blend"

    def __init__(self, config: Config | None = None, seed: int = 0) -> None:
        self.config = config or Config()
        self.seed = seed
        self.say: Say = silent
        self.members: list[Recommender] = []
        self.facts: Facts | None = None
        self.ranker = Ranker(self.config.ranker) if self.config.ranker else None

    def fit(self, deeds: Deeds, goods: Goods = NOTHING_KNOWN) -> Mapping[str, Any]:
        """Learn members and facts."""
        self.members, seconds = [], {}
        for number, member in enumerate(self.config.members):
            begun = time.monotonic()
            self.say(f"Learning {member['name'].replace('_', ' ')} for the blend")
            model = make(member["name"], member["config"], self.seed, self.say)
            model.fit(deeds, goods)
            self.members.append(model)
            seconds[f"{number} {model.name}"] = time.monotonic() - begun
        self.facts = facts(deeds, goods)
        return {"seconds": seconds}

    def join(self, members: list[Recommender], deeds: Deeds, goods: Goods) -> None:
        """Take over members that have learned from these very deeds already."""
        self.members, self.facts = members, facts(deeds, goods)

    def score(self, histories: Deeds, now: float) -> Scores:
        """(users, products): candidates from 1 in their order, below 0 the rest."""
        if not histories.user_count:
            return np.empty((0, histories.product_count), np.float32)
        parts = [
            self.score_part(take_users(histories, users), now)
            for users in chunks(histories.user_count, histories.product_count, CELLS)
        ]
        return np.concatenate(parts)

    def score_part(self, histories: Deeds, now: float) -> Scores:
        found, scores = self.gather(histories, now)
        rest = scores[0]
        low, high = rest.min(1, keepdims=True), rest.max(1, keepdims=True)
        result = (rest - low) / np.maximum(high - low, 1e-12) - 1.5
        if len(found.cases):
            values = self.values(found)
            lowest = np.full(len(result), np.inf)
            np.minimum.at(lowest, found.cases, values)
            result[found.cases, found.products] = 1 + values - lowest[found.cases]
        done = np.bincount(histories.users, minlength=histories.user_count)
        # Of whom nothing is known no member knows anything: what sells of late.
        result[done == 0] = self.popular()
        return np.asarray(result, np.float32)

    def popular(self) -> Scores:
        assert self.facts is not None
        return self.facts.of_products[:, RECENT]

    def gather(self, histories: Deeds, now: float) -> tuple[Candidates, list[Scores]]:
        """Candidates and the members' scores, of as many users as memory allows."""
        if self.facts is None:
            raise ValueError("A blend answers after it has learned.")
        return gather(
            self.members,
            self.facts,
            histories,
            now,
            repeats=self.config.repeats,
            deep=self.config.deep,
            most=self.config.most,
        )

    def candidates(self, exam: Exam) -> Candidates:
        """Candidates of all cases, within bounded memory."""
        parts, before = [], 0
        for users in chunks(len(exam), exam.histories.product_count, CELLS):
            self.say("Letting all members propose")
            found, _ = self.gather(take_users(exam.histories, users), exam.now)
            parts.append((found.cases + before, found))
            before += len(users)
        return Candidates(
            np.concatenate([cases for cases, _ in parts]),
            np.concatenate([found.products for _, found in parts]),
            np.concatenate([found.features for _, found in parts]),
            np.concatenate([found.ranked for _, found in parts]),
            len(exam),
        )

    def values(self, found: Candidates) -> Any:
        """(rows,): larger is better."""
        if self.ranker is not None:
            return self.ranker.values(found)
        return found.ranked @ np.array(self.config.weights)

    def save(self, folder: Path) -> None:
        if self.facts is None:
            raise ValueError("A blend is saved after it has learned.")
        card = {"model": self.name, "config": asdict(self.config), "seed": self.seed}
        arrays: dict[str, Any] = {"of_products": self.facts.of_products}
        if self.facts.labels is not None:
            arrays |= pack("labels", self.facts.labels)
        if self.facts.log_prices is not None:
            arrays["log_prices"] = self.facts.log_prices
        artefact.save(folder, arrays, card)
        for number, member in enumerate(self.members):
            member.save(folder / f"member_{number}")

    @classmethod
    def load(cls, folder: Path) -> Blend:
        arrays, card = artefact.load(folder)
        model = cls(Config(**card["config"]), card["seed"])
        labels = unpack("labels", arrays) if "labels_data" in arrays else None
        model.facts = Facts(arrays["of_products"], labels, arrays.get("log_prices"))
        model.members = [
            load(folder / f"member_{number}")
            for number in range(len(model.config.members))
        ]
        return model
