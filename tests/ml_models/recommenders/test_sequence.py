from __future__ import annotations

import numpy as np
import pytest

from ml_models.data import VIEW
from ml_models.recommenders.sequence import Config, Sequence
from tests.ml_models.recommenders.worlds import deeds


def walks(*paths):
    rows = [
        (user, product, VIEW, step)
        for user, path in enumerate(paths)
        for step, product in enumerate(path)
    ]
    return deeds(rows, len(paths), products=6)


def scores(config, known, path):
    model = Sequence(config)
    model.fit(known)
    return model.score(walks(path), 0.0)[0]


def test_rates_are_those_of_what_came_next():
    known = walks((0, 1), (0, 1), (0, 2), (3, 4))
    found = scores(Config(trust=1e-9), known, (0,))
    assert found[1] - found[2] == pytest.approx(1 / 3, abs=1e-3)
    assert found.argmax() == 1


def test_an_unknown_product_is_answered_by_popularity():
    known = walks((0, 1), (2, 1), (3, 1))
    assert scores(Config(), known, (5,)).argmax() == 1


def test_it_looks_further_ahead_where_told_to():
    known = walks((0, 5, 1), (0, 4, 1), (0, 3, 1))
    assert scores(Config(reach=2, fade=0.9), known, (0,)).argmax() == 1


def test_the_one_before_the_last_decides_between_equals():
    known = walks(*[(1, 0, 3)] * 20, *[(2, 0, 4)] * 20)
    config = Config(looks_back=2, back_trust=1.0)
    assert scores(config, known, (1, 0)).argmax() == 3
    assert scores(config, known, (2, 0)).argmax() == 4


def test_a_product_does_not_follow_itself():
    known = walks((0, 0, 0, 1), (0, 0, 1))
    assert np.argmax(scores(Config(), known, (0,))) == 1
