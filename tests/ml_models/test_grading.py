from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from ml_models.data import BUY, VIEW
from ml_models.exam import Exam, exam_of
from ml_models.grading import grade, marks
from ml_models.metrics import ndcg, recall
from tests.ml_models.recommenders.worlds import deeds


class Fixed:
    """Scores that are told; by the order of users."""

    name = "fixed"

    def __init__(self, scores):
        self.scores = np.array(scores, np.float32)

    def score(self, histories, now):
        return self.scores[: histories.user_count]


def test_marks_are_those_counted_by_hand():
    picks = np.array([[3, 1, 0, 2], [0, 1, 2, 3]])
    wanted = sp.csr_matrix(np.array([[1, 1, 0, 0], [0, 0, 0, 1]], np.float32))
    found = marks(picks, wanted)
    # Hits at the second and third place of two; at the fourth of one.
    first = (1 / np.log2(3) + 1 / 2) / (1 + 1 / np.log2(3))
    assert found.ndcg == pytest.approx([first, 1 / np.log2(5)])
    assert found.recall == pytest.approx([1.0, 1.0])
    assert found.coverage(8) == 0.5


def test_all_at_once_gives_what_one_at_a_time_does():
    chance = np.random.default_rng(0)
    picks = np.stack([chance.permutation(40)[:20] for _ in range(30)])
    wanted = (chance.random((30, 40)) < 0.3).astype(np.float32)
    wanted[:, 0] = 1
    found = marks(picks, sp.csr_matrix(wanted))
    for case, row in enumerate(picks):
        asked = set(np.flatnonzero(wanted[case]))
        assert found.ndcg[case] == pytest.approx(ndcg(list(row), asked))
        assert found.recall[case] == pytest.approx(recall(list(row), asked))


def test_a_case_that_wants_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        marks(np.array([[0]]), sp.csr_matrix((1, 3)))


def test_what_was_bought_is_hidden_where_it_must_not_repeat():
    histories = deeds([(0, 0, BUY, 0), (0, 1, VIEW, 0)], 1, products=3)
    wanted = sp.csr_matrix(np.array([[0, 0, 1]], np.float32))
    model = Fixed([[3, 2, 1]])
    once = grade(model, Exam(histories, wanted, 0.0, repeats=False))
    again = grade(model, Exam(histories, wanted, 0.0))
    assert once.picks.tolist() == [[1, 2, 0]]
    assert again.picks.tolist() == [[0, 1, 2]]


def test_an_exam_asks_for_known_products_of_known_users():
    past = deeds([(0, 0, BUY, 0), (1, 1, BUY, 0)], 3, products=4)
    window = deeds(
        [(0, 1, BUY, 5), (0, 3, BUY, 5), (1, 0, VIEW, 5), (2, 0, BUY, 6)],
        3,
        products=4,
    )
    exam = exam_of(past, window)
    # 3 was unknown, a view is no purchase, user 2 had done nothing yet.
    assert exam.wanted.toarray().tolist() == [[0, 1, 0, 0]]
    assert exam.histories.products.tolist() == [0]
    assert exam.now == 5.0


def test_an_exam_without_repeats_asks_for_what_is_new():
    past = deeds([(0, 0, BUY, 0), (0, 1, VIEW, 0), (1, 1, BUY, 0)], 2, products=2)
    window = deeds([(0, 0, BUY, 5), (0, 1, BUY, 5), (1, 1, BUY, 5)], 2, products=2)
    exam = exam_of(past, window, repeats=False)
    assert exam.wanted.toarray().tolist() == [[0, 1]]


def test_an_exam_takes_as_many_cases_as_it_is_told_to():
    past = deeds([(user, 0, BUY, 0) for user in range(9)], 9, products=2)
    window = deeds([(user, 0, BUY, 1) for user in range(9)], 9, products=2)
    assert len(exam_of(past, window, most=4, seed=1)) == 4
    assert len(exam_of(past, window)) == 9
