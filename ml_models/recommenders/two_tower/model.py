"""The two-tower network as a recommender: fit, score, save, load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from ml_models import artefact
from ml_models.data import NOTHING_KNOWN, Deeds, Goods, Ints
from ml_models.recommenders.base import Say, Scores, silent
from ml_models.recommenders.two_tower.config import Config
from ml_models.recommenders.two_tower.examples import Lessons
from ml_models.recommenders.two_tower.goods import pack, unpack
from ml_models.recommenders.two_tower.histories import (
    Padded,
    everything,
    pad,
    timeline,
)
from ml_models.recommenders.two_tower.network import Network, as_array, start_lean
from ml_models.recommenders.two_tower.ranker import Ranker, candidates
from ml_models.recommenders.two_tower.ranking import teach
from ml_models.recommenders.two_tower.spectrum import spectrum
from ml_models.recommenders.two_tower.train import Trainer, keep_some, run

# Histories answered at once, so that memory is bounded.
AT_ONCE = 250


class TwoTower:
    """Learns vectors of users and of products, near where one will want the other."""

    name = "two_tower"

    def __init__(self, config: Config | None = None) -> None:
        self.config = config or Config()
        self.say: Say = silent
        self.network: Network | None = None
        self.ranker: Ranker | None = None
        self.goods = NOTHING_KNOWN
        self.is_ordered = False
        self.one_by_one = False

    def fit(self, deeds: Deeds, goods: Goods = NOTHING_KNOWN) -> Mapping[str, Any]:
        """Returns losses and validation by epoch, the best one, the ranker's losses."""
        began = perf_counter()
        config = self.config
        lessons = Lessons(deeds, config.targets)
        self.is_ordered, self.one_by_one = lessons.is_ordered, lessons.one_by_one
        self.goods = goods
        self.network = Network(deeds.user_count, deeds.product_count, goods, config)
        trainer = Trainer(self.network, lessons, config)
        kept = keep_some(lessons, np.random.default_rng(config.seed))
        self.network.lean.assign(start_lean(trainer.shares))
        enough = config.dense * deeds.product_count
        if config.spectral and len(deeds) and len(deeds) >= enough:
            seen = lessons.without(kept.judged)
            start = spectrum(seen.matrix(), config.width, config.seed)
            self.network.products.ids.assign(start * config.spectral)
        course = run(trainer, kept, self.say)
        self.say("Teaching the ranker of two towers")
        taught = teach(trainer, kept)
        self.ranker = taught.ranker
        return {
            "losses": course.losses,
            "validation": course.validation,
            "best_epoch": course.best,
            "epoch_seconds": course.seconds,
            "ranker_losses": taught.losses,
            "ranker_validation": [taught.before, taught.after],
            "seconds": perf_counter() - began,
        }

    def score(self, histories: Deeds, now: float, who: Ints | None = None) -> Scores:
        """`who`: (histories.user_count,) the users' numbers at fit, -1 for strangers."""
        network = self._fitted()
        line = timeline(histories, one_by_one=self.one_by_one)
        rows = everything(line, now, ordered=self.is_ordered)
        found = np.empty((histories.user_count, network.product_count), np.float32)
        vectors = network.product_vectors()
        for begin in range(0, histories.user_count, AT_ONCE):
            chosen = np.arange(begin, min(begin + AT_ONCE, histories.user_count))
            read = pad(line, rows.take(chosen), self.config.memory)
            users = None if who is None else who[chosen]
            found[chosen] = self._ranked(network.scores(read, users), read, vectors)
        return found

    def _ranked(self, scores: Scores, read: Padded, vectors: Scores) -> Scores:
        if self.ranker is None:
            return scores
        lists = candidates(self._fitted(), read, scores, self.config.candidates)
        ordered = self.ranker.order(lists, vectors)
        scores = scores.copy()
        np.put_along_axis(scores, lists.products, ordered, axis=1)
        return scores

    def _fitted(self) -> Network:
        if self.network is None:
            raise ValueError("Fit or load the network before asking it.")
        return self.network

    def save(self, folder: Path) -> None:
        """Weights and what is known of products; a card of sizes and settings."""
        network = self._fitted()
        arrays = network.freeze() | pack(self.goods)
        if self.ranker is not None:
            weights = enumerate(self.ranker.weights)
            arrays |= {f"r{n}": as_array(weight) for n, weight in weights}
        card = {
            "model": self.name,
            "config": asdict(self.config),
            "users": network.user_count,
            "products": network.product_count,
            "is_ordered": self.is_ordered,
            "one_by_one": self.one_by_one,
            "ranked": self.ranker is not None,
        }
        artefact.save(folder, arrays, card)

    @classmethod
    def load(cls, folder: Path) -> TwoTower:
        arrays, card = artefact.load(folder)
        model = cls(Config(**card["config"]))
        model.goods = unpack(arrays, card["products"])
        model.is_ordered, model.one_by_one = card["is_ordered"], card["one_by_one"]
        model.network = Network(
            card["users"], card["products"], model.goods, model.config
        )
        model.network.restore(arrays)
        if card["ranked"]:
            model.ranker = Ranker(model.config.width, model.config.seed)
            for number, weight in enumerate(model.ranker.weights):
                weight.assign(arrays[f"r{number}"])
        return model
