"""What every recommender promises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ml_models.data import BUY, Goods
from ml_models.exam import take_users
from ml_models.grading import grade
from ml_models.recommenders.all import ALL, load, make
from tests.ml_models.recommenders.worlds import (
    EACH,
    PRODUCTS,
    deeds,
    goods,
    last_hidden,
    tastes,
)

# Small ones, so that the suite stays fast.
SETTINGS = {
    "ials": {"factors": 8},
    "two_tower": {"epochs": 12, "width": 16, "batch": 32, "ranker_epochs": 1},
}
NAMES = [
    pytest.param(name, marks=pytest.mark.slow) if name == "two_tower" else name
    for name in ALL
]
PERSONAL = [
    pytest.param(name, marks=pytest.mark.slow) if name == "two_tower" else name
    for name in ALL
    if name != "popularity"
]
NOW = 10.0


def fitted(name, known=None, seed=3, about=None):
    model = make(name, SETTINGS.get(name, {}), seed)
    model.fit(tastes() if known is None else known, about or goods())
    return model


@pytest.fixture(scope="module")
def models():
    made = {}

    def one(name):
        if name not in made:
            made[name] = fitted(name)
        return made[name]

    return one


@pytest.mark.parametrize("name", NAMES)
def test_it_answers_each_history_with_finite_scores(models, name):
    scores = models(name).score(take_users(tastes(), np.arange(7)), NOW)
    assert (scores.shape, scores.dtype) == ((7, PRODUCTS), np.float32)
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("name", NAMES)
def test_it_answers_an_empty_history(models, name):
    scores = models(name).score(deeds([], 2), NOW)
    assert scores.shape == (2, PRODUCTS)
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("name", NAMES)
def test_it_answers_nobody(models, name):
    assert models(name).score(deeds([], 0), NOW).shape == (0, PRODUCTS)


@pytest.mark.parametrize("name", NAMES)
def test_its_answer_does_not_depend_on_who_else_asks(models, name):
    together = models(name).score(tastes(), NOW)[5]
    alone = models(name).score(take_users(tastes(), np.array([5])), NOW)[0]
    assert alone == pytest.approx(together, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("name", PERSONAL)
def test_it_knows_the_taste_of_a_stranger(models, name):
    cluster = 4 * EACH
    stranger = deeds([(0, cluster + n, BUY, n) for n in range(4)], 1)
    scores = models(name).score(stranger, NOW)[0]
    assert scores.argmax() // EACH == 4


@pytest.mark.parametrize("name", NAMES)
def test_it_learns_the_same_from_the_same_seed(models, name):
    again = fitted(name).score(tastes(), NOW)
    assert np.array_equal(models(name).score(tastes(), NOW), again)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_the_same_when_loaded(models, name, tmp_path):
    models(name).save(tmp_path)
    found = load(tmp_path)
    assert found.name == name
    assert np.array_equal(found.score(tastes(), NOW), models(name).score(tastes(), NOW))


@pytest.mark.parametrize("name", PERSONAL)
def test_it_finds_a_planted_taste_better_than_popularity(name):
    past, exam = last_hidden(tastes())
    humble = grade(fitted("popularity", past), exam).ndcg.mean()
    assert grade(fitted(name, past), exam).ndcg.mean() > 1.2 * humble


@pytest.mark.parametrize("name", NAMES)
def test_it_leaves_what_it_was_given_as_it_was(name):
    known = tastes()
    before = {
        part: getattr(known, part).copy()
        for part in ("users", "products", "kinds", "days")
    }
    model = fitted(name, known)
    model.score(known, NOW)
    for part, values in before.items():
        assert np.array_equal(getattr(known, part), values)


@pytest.mark.parametrize("name", NAMES)
def test_it_learns_without_days_and_without_goods(name):
    known = tastes()
    known = replace(known, days=np.zeros(len(known)))
    model = fitted(name, known, about=Goods())
    assert np.isfinite(model.score(known, 0.0)).all()


@pytest.mark.parametrize("name", NAMES)
def test_it_learns_from_nothing(name):
    model = fitted(name, deeds([], 3))
    assert np.isfinite(model.score(deeds([(0, 1, BUY, 0)], 1), NOW)).all()
