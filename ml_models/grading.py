"""How well a recommender passes an exam: lists of all its cases at once."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ml_models.data import Ints
from ml_models.exam import Exam, Grades, bought, chunks
from ml_models.recommenders.base import Recommender, Say, Scores, silent

LONGEST = 20
SHORT = 10


def grade(model: Recommender, exam: Exam, say: Say = silent) -> Grades:
    """NDCG@10, Recall@20 and the picks of each case, within bounded memory."""
    picks = []
    for cases in chunks(len(exam), exam.histories.product_count):
        say(f"Judging {model.name.replace('_', ' ')}")
        picks.append(best(answer(model, exam.part(cases)), LONGEST))
    return marks(np.concatenate(picks), exam.wanted)


def answer(model: Recommender, exam: Exam) -> Scores:
    """Scores of all cases; what must not be picked is minus infinity."""
    scores = np.array(model.score(exam.histories, exam.now), np.float32)
    if not exam.repeats:
        hidden = bought(exam.histories)
        scores[hidden.nonzero()] = -np.inf
    return scores


def best(scores: NDArray[np.float32], count: int) -> Ints:
    """(users, count) products with the largest scores, best first; fewer where there are
    fewer products."""
    count = min(count, scores.shape[1])
    if count < scores.shape[1]:
        found = np.argpartition(-scores, count, axis=1)[:, :count]
    else:
        found = np.tile(np.arange(count), (len(scores), 1))
    order = np.take_along_axis(-scores, found, 1).argsort(axis=1, kind="stable")
    return np.take_along_axis(found, order, 1)


def marks(picks: Ints, wanted: sp.csr_matrix) -> Grades:
    """picks: (cases, n) best first; wanted: (cases, products) with at least one each."""
    counts = np.diff(wanted.indptr)
    if (counts == 0).any():
        raise ValueError("Each case needs at least one wanted product.")
    rows = np.repeat(np.arange(len(picks)), picks.shape[1])
    hits = np.asarray(wanted[rows, picks.ravel()] > 0).reshape(picks.shape)
    short = hits[:, :SHORT]
    discounts = 1 / np.log2(np.arange(2, SHORT + 2))
    ideal = np.cumsum(discounts)[np.minimum(counts, SHORT) - 1]
    return Grades(
        ndcg=short @ discounts[: short.shape[1]] / ideal,
        recall=hits.sum(1) / counts,
        picks=picks,
    )
