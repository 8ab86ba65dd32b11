"""Teaching the ranker on lists of the trained towers, and whether it stays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml_models.data import Ints
from ml_models.recommenders.two_tower.examples import Examples
from ml_models.recommenders.two_tower.histories import pad
from ml_models.recommenders.two_tower.ranker import Lists, Ranker, candidates, join
from ml_models.recommenders.two_tower.train import Kept, Trainer

AT_ONCE = 250
# A gain smaller than this is chance among some hundred users.
MARGIN = 1.02


@dataclass(frozen=True)
class Taught:
    """None where it does hardly better on the validation: `after`, than the towers: `before`."""

    ranker: Ranker | None
    losses: list[float]
    before: float
    after: float


def teach(trainer: Trainer, kept: Kept) -> Taught:
    """Fit on lists of the examples that the towers learned from, judge on the others."""
    config = trainer.config
    if not config.candidates or not len(kept.judged):
        return Taught(None, [], 0.0, 0.0)
    ranker = Ranker(config.width, config.seed)
    vectors = trainer.network.product_vectors()
    lists, wanted = _lists(trainer, trainer.sample(kept, config.ranker_rows))
    losses = ranker.fit(lists, wanted, vectors, config.ranker_epochs)
    lists, wanted = _lists(trainer, kept.judged)
    before = gain(lists.logits, wanted)
    after = gain(ranker.order(lists, vectors), wanted)
    return Taught(ranker if after > MARGIN * before else None, losses, before, after)


def _lists(trainer: Trainer, examples: Examples) -> tuple[Lists, NDArray[np.float32]]:
    """Lists, and (rows, candidates) 1 where it came next."""
    line, config = trainer.lessons.line, trainer.config
    parts, wishes = [], []
    for part in examples.parts(AT_ONCE):
        read = pad(line, part.rows, config.memory)
        scores = trainer.network.scores(read)
        found = candidates(trainer.network, read, scores, config.candidates)
        products: Ints = np.where(part.wanted < 0, -1, line.products[part.wanted])
        hits = (found.products[:, :, None] == products[:, None, :]).any(axis=2)
        parts.append(found)
        wishes.append(hits.astype(np.float32))
    return join(parts), np.concatenate(wishes)


def gain(logits: NDArray[np.float32], wanted: NDArray[np.float32]) -> float:
    """Mean NDCG@10 of the candidates, all that is wanted being among them or lost."""
    order = np.argsort(-logits, axis=1, kind="stable")[:, :10]
    hits = np.take_along_axis(wanted, order, 1)
    discounts = 1 / np.log2(np.arange(2, hits.shape[1] + 2))
    most = np.cumsum(discounts)
    count = np.minimum(wanted.sum(axis=1).astype(int), len(most))
    best = np.where(count > 0, most[np.maximum(count, 1) - 1], 1)
    return float((hits @ discounts / best).mean())
