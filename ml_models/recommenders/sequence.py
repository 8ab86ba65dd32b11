"""What comes next after the last few: transitions (Markov), also over steps between.

1. Each deed votes for those that follow it within `reach` steps, the nearer the more.
2. Counts of a product become rates; few counts are filled up with popularity (back-off).
3. What came two or more deeds before the last corrects these rates, each as a factor:
   how much likelier the next one is after it than at any time.
4. A history is answered by the rates after its last few deeds, the later the more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from ml_models import artefact
from ml_models.data import NOTHING_KNOWN, Deeds, Goods, Ints
from ml_models.recommenders.base import Scores
from ml_models.recommenders.histories import by_user
from ml_models.recommenders.sparse import dense, pack, unpack


@dataclass(frozen=True)
class Config:
    """`reach`: steps that a deed looks ahead, each worth `fade` of the one before;
    `half_life_days`: a transition that took so long counts half; `memory`: last deeds
    that answer, each worth `forgets` of the one after it; `trust`: as many counts as the
    back-off weighs; `looks_back`: so many deeds, with the last, correct each other, each
    factor to the power `back_weight`, smaller by `forgets` with each step."""

    reach: int = 1
    fade: float = 0.5
    half_life_days: float | None = None
    memory: int = 1
    forgets: float = 0.5
    trust: float = 1.0
    looks_back: int = 1
    back_weight: float = 0.3
    back_trust: float = 50.0


class Sequence:
    """after, and each of backs: (products, products) counts; backs begins with those that
    come two deeds later."""

    name = "sequence"

    def __init__(self, config: Config | None = None, seed: int = 0) -> None:
        self.config = config or Config()
        self.seed = seed
        self.after = sp.csr_matrix((0, 0), dtype=np.float32)
        self.counts: Scores = np.empty(0, np.float32)
        self.popularity: Scores = np.empty(0, np.float32)
        self.backs: list[sp.csr_matrix] = []

    def fit(self, deeds: Deeds, goods: Goods = NOTHING_KNOWN) -> Mapping[str, Any]:
        """Learn after, its counts and popularity: (products,), and backs."""
        order, _ = by_user(deeds)
        count = deeds.product_count
        found = np.bincount(deeds.products, minlength=count).astype(np.float32)
        self.popularity = found / max(1.0, float(found.sum()))
        self.after = sp.csr_matrix((count, count), dtype=np.float32)
        for step in range(1, self.config.reach + 1):
            self.after = self.after + self.transitions(deeds, order, step)
        self.after = sp.csr_matrix(self.after)
        self.counts = np.asarray(self.after.sum(1), np.float32).ravel()
        self.backs = [
            self.transitions(deeds, order, step)
            for step in range(2, self.config.looks_back + 1)
        ]
        return {"transitions": int(self.after.nnz)}

    def transitions(self, deeds: Deeds, order: Ints, step: int) -> sp.csr_matrix:
        """(products, products): weights of those that come `step` deeds later."""
        users, products = deeds.users[order], deeds.products[order]
        ahead = (users[:-step] == users[step:]) & (products[:-step] != products[step:])
        worth = np.full(int(ahead.sum()), self.config.fade ** (step - 1))
        if self.config.half_life_days is not None:
            days = deeds.days[order]
            gaps = (days[step:] - days[:-step])[ahead]
            worth = worth * np.exp2(-gaps / self.config.half_life_days)
        pairs = (products[:-step][ahead], products[step:][ahead])
        shape = (deeds.product_count, deeds.product_count)
        return sp.csr_matrix((worth.astype(np.float32), pairs), shape=shape)

    def score(self, histories: Deeds, now: float) -> Scores:
        """(users, products). `now` is not asked: the order is."""
        order, begins = by_user(histories)
        products, ends = histories.products[order], begins[1:]
        lengths = np.diff(begins)
        scores = np.tile(self.popularity, (histories.user_count, 1)) * 1e-3
        worth = 1.0
        for back in range(1, self.config.memory + 1):
            some = np.flatnonzero(lengths >= back)
            if not len(some):
                break
            last = products[ends[some] - back]
            scores[some] += worth * self.next_after(last)
            worth *= self.config.forgets
        power = self.config.back_weight
        for back, counts in enumerate(self.backs, 2):
            some = np.flatnonzero(lengths >= back)
            if len(some):
                found = self.factors(counts, products[ends[some] - back])
                scores[some] *= found**power
            power *= self.config.forgets
        return np.asarray(scores, np.float32)

    def next_after(self, last: Ints) -> Scores:
        """(asked, products): rates after these products."""
        trust = self.config.trust
        counts = self.counts[last][:, None]
        found = dense(self.after[last]) + trust * self.popularity
        return np.asarray(found / (counts + trust), np.float32)

    def factors(self, counts: sp.csr_matrix, earlier: Ints) -> Scores:
        """(asked, products): how much likelier than at any time."""
        trust = self.config.back_trust
        usual = np.maximum(self.popularity, 1e-9)
        found = dense(counts[earlier])
        rates = (found + trust * usual) / (found.sum(1, keepdims=True) + trust)
        return np.asarray(rates / usual, np.float32)

    def save(self, folder: Path) -> None:
        card = {"model": self.name, "config": asdict(self.config), "seed": self.seed}
        arrays = {
            "counts": self.counts,
            "popularity": self.popularity,
            **pack("after", self.after),
        }
        for number, back in enumerate(self.backs):
            arrays |= pack(f"back_{number}", back)
        artefact.save(folder, arrays, card)

    @classmethod
    def load(cls, folder: Path) -> Sequence:
        arrays, card = artefact.load(folder)
        model = cls(Config(**card["config"]), card["seed"])
        model.after = unpack("after", arrays)
        model.backs = [
            unpack(f"back_{number}", arrays)
            for number in range(max(0, model.config.looks_back - 1))
        ]
        model.counts, model.popularity = arrays["counts"], arrays["popularity"]
        return model
