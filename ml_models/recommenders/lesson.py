"""What an order is learned from: candidates of cases whose wishes are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_models.data import Ints
from ml_models.exam import Exam
from ml_models.recommenders.base import Say, silent
from ml_models.recommenders.candidates import Candidates, foremost
from ml_models.recommenders.ordering import (
    ROUNDS,
    Ranker,
    learn_ranker,
    learn_weights,
    ndcg,
    relevant,
)

FOLDS = 3
# Neighboring cases (of a session, of a day) stay in one fold.
BLOCK = 50


@dataclass(frozen=True)
class Lesson:
    """hits: (rows,) of the candidates; wanted: (cases,), how many were wanted."""

    found: Candidates
    hits: NDArray[np.float32]
    wanted: Ints

    @classmethod
    def of(cls, found: Candidates, exam: Exam) -> Lesson:
        wanted = np.diff(exam.wanted.indptr).astype(np.int64)
        return cls(found, relevant(found, exam.wanted), wanted)

    def part(self, cases: Ints) -> Lesson:
        kept = np.isin(self.found.cases, cases)
        return Lesson(self.found.part(cases), self.hits[kept], self.wanted[cases])

    def folds(self) -> list[tuple[Ints, Ints]]:
        """Cases to learn from, cases to judge by; each case is judged once."""
        fold = np.arange(self.found.case_count) // BLOCK % FOLDS
        if self.found.case_count < BLOCK * FOLDS:
            fold = np.arange(self.found.case_count) % FOLDS
        return [
            (np.flatnonzero(fold != n), np.flatnonzero(fold == n))
            for n in range(FOLDS)
            if (fold == n).any() and (fold != n).any()
        ]

    def fused(self) -> tuple[dict[str, Any], NDArray[np.float64]]:
        """Weights learned from all; values (rows,) by weights from other folds."""
        values = np.zeros(len(self.hits))
        for learn, held in self.folds():
            part = self.part(learn)
            weights = learn_weights(part.found, part.hits, part.wanted)
            rows = np.isin(self.found.cases, held)
            values[rows] = self.found.ranked[rows] @ np.array(weights)
        weights = learn_weights(self.found, self.hits, self.wanted)
        return {"weights": weights}, values

    def trained(
        self, seed: int, say: Say = silent
    ) -> tuple[dict[str, Any], NDArray[np.float64]]:
        """A ranker's text, of as many rounds as did best on folds it had not seen."""
        values = np.zeros((len(ROUNDS), len(self.hits)))
        for learn, held in self.folds():
            part = self.part(learn)
            if not part.hits.any():
                continue
            say("Learning an order")
            ranker = Ranker(learn_ranker(part.found, part.hits, seed, max(ROUNDS)))
            rows = np.isin(self.found.cases, held)
            asked = self.found.part(held)
            for number, rounds in enumerate(ROUNDS):
                values[number, rows] = ranker.values(asked, rounds)
        means = [ndcg(self.found, self.hits, self.wanted, v).mean() for v in values]
        best = int(np.argmax(means))
        say("Learning an order")
        text = learn_ranker(self.found, self.hits, seed, ROUNDS[best])
        return {"ranker": text}, values[best]

    def judged(
        self, values: NDArray[np.float64], products: int
    ) -> tuple[NDArray[np.float64], dict[str, float]]:
        """NDCG@10 of each case, and the metrics of all."""
        grades = ndcg(self.found, self.hits, self.wanted, values)
        long = foremost(self.found.cases, values, 20)
        sums = np.bincount(
            self.found.cases[long],
            self.hits[long],
            minlength=self.found.case_count,
        )
        short = foremost(self.found.cases, values, 10)
        return grades, {
            "ndcg10": float(grades.mean()),
            "recall20": float((sums / self.wanted).mean()),
            "coverage": len(np.unique(self.found.products[short])) / products,
        }
