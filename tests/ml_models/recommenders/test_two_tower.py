from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from ml_models.data import BUY, NOTHING_KNOWN, VIEW, Deeds, Goods
from ml_models.recommenders.two_tower.config import Config
from ml_models.recommenders.two_tower.losses import Sampler, log_q
from ml_models.recommenders.two_tower.model import TwoTower
from ml_models.recommenders.two_tower.ranker import Ranker

pytestmark = pytest.mark.slow

SMALL = Config(width=16, batch=64, epochs=5, learning_rate=0.01, heads=2)
USERS, PRODUCTS = 240, 24
# Two kinds of people, each with half of the products to itself; the last two products
# of each half were never touched.
HALF, FRESH = PRODUCTS // 2, 2


def told(rows, users, products=PRODUCTS):
    """Rows of user, product, kind, day."""
    found = np.array(rows, float).reshape(-1, 4)
    return Deeds(
        found[:, 0].astype(np.int64),
        found[:, 1].astype(np.int64),
        found[:, 2].astype(np.int8),
        found[:, 3],
        users,
        products,
    )


def two_tastes():
    random = np.random.default_rng(5)
    rows = []
    for user in range(USERS):
        sold = HALF - FRESH
        liked = random.choice(sold, 5, replace=False) + HALF * (user % 2)
        rows += [(user, product, BUY, day) for day, product in enumerate(liked)]
    return told(sorted(rows, key=lambda row: row[3]), USERS)


def halves():
    """A label for each half; prices, one unknown; pictures."""
    half = np.arange(PRODUCTS) // HALF
    labels = sp.csr_matrix(np.eye(2, dtype=np.float32)[half])
    prices = np.linspace(10, 50, PRODUCTS).astype(np.float32)
    prices[3] = np.nan
    return Goods(labels, prices, np.eye(3, dtype=np.float32)[half])


def history(*products, kind=BUY):
    return told([(0, product, kind, 6 + n) for n, product in enumerate(products)], 1)


@pytest.fixture(scope="module")
def model():
    found = TwoTower(SMALL)
    found.fit(two_tastes(), halves())
    return found


def test_it_finds_the_taste_where_popularity_cannot(model):
    scores = model.score(history(0, 1), 9.0)[0]
    unseen = np.r_[2 : HALF - FRESH, HALF : PRODUCTS - FRESH]
    best = unseen[np.argsort(-scores[unseen])[: HALF - FRESH - 2]]
    assert set(best) == set(range(2, HALF - FRESH))


def test_it_knows_new_products_by_what_they_are(model):
    scores = model.score(history(HALF, HALF + 1), 9.0)[0]
    ours, theirs = slice(PRODUCTS - FRESH, PRODUCTS), slice(HALF - FRESH, HALF)
    assert scores[ours].min() > scores[theirs].max()


def test_it_answers_a_stranger_with_finite_numbers(model):
    scores = model.score(told([], 2), 9.0)
    assert scores.shape == (2, PRODUCTS)
    assert np.isfinite(scores).all()
    assert (scores[0] == scores[1]).all()


def test_it_forgets_nothing_of_one_user_for_another(model):
    both = told([(0, 0, BUY, 6), (1, HALF, BUY, 6)], 2)
    alone = told([(0, HALF, BUY, 6)], 1)
    np.testing.assert_allclose(
        model.score(both, 9.0)[1], model.score(alone, 9.0)[0], rtol=1e-4, atol=1e-5
    )


def test_it_knows_who_was_there_when_it_learned(model):
    empty = told([], 1)
    as_known = model.score(empty, 9.0, who=np.array([0]))
    as_stranger = model.score(empty, 9.0, who=np.array([-1]))
    assert (as_stranger == model.score(empty, 9.0)).all()
    assert (as_known != as_stranger).any()


def test_what_is_loaded_scores_as_what_was_saved(model, tmp_path):
    model.save(tmp_path)
    asked = history(0, HALF, kind=VIEW)
    found = TwoTower.load(tmp_path).score(asked, 9.0)
    assert (found == model.score(asked, 9.0)).all()


def test_the_same_seed_learns_the_same():
    config = Config(width=8, batch=128, epochs=1, heads=2, candidates=0)
    twins = [TwoTower(config), TwoTower(config)]
    for twin in twins:
        twin.fit(two_tastes(), NOTHING_KNOWN)
    first, second = (twin.score(history(0), 9.0) for twin in twins)
    assert (first == second).all()


def test_it_learns_from_drawn_products_as_from_all():
    model = TwoTower(replace(SMALL, full_softmax=0, drawn=16, candidates=0))
    losses = model.fit(two_tastes(), NOTHING_KNOWN)["losses"]
    assert losses[-1] < losses[0]
    scores = model.score(history(0, 1), 9.0)[0]
    assert scores[2 : HALF - FRESH].min() > scores[HALF : PRODUCTS - FRESH].max()


def test_it_learns_that_what_was_bought_returns():
    random = np.random.default_rng(3)
    rows = []
    for user in range(150):
        product = random.integers(PRODUCTS)
        rows += [(user, product, BUY, day) for day in (0, 30, 60)]
    model = TwoTower(replace(SMALL, candidates=0))
    model.fit(told(sorted(rows, key=lambda row: row[3]), 150))
    assert model.score(history(7), 30.0)[0].argmax() == 7


def test_it_learns_nothing_from_nothing():
    model = TwoTower(SMALL)
    assert model.fit(told([], 3))["validation"] == []
    assert np.isfinite(model.score(history(1), 1.0)).all()


def test_the_ranker_changes_the_order_of_candidates_only(model):
    ranked = TwoTower(replace(SMALL, candidates=5))
    ranked.network = model.network
    ranker = Ranker(16, seed=2)
    for weight in ranker.weights:
        weight.assign(np.random.default_rng(0).standard_normal(weight.shape))
    plain = ranked.score(history(0, 1), 9.0)[0]
    ranked.ranker = ranker
    changed = ranked.score(history(0, 1), 9.0)[0]
    top = np.argsort(-plain)[:5]
    assert (changed != plain).any()
    assert set(np.argsort(-changed)[:5]) == set(top)
    assert sorted(changed[top]) == sorted(plain[top])
    rest = np.setdiff1d(np.arange(PRODUCTS), top)
    assert (changed[rest] == plain[rest]).all()


def test_the_correction_is_the_logarithm_of_came_by_expected():
    # Came 3 times where 6 were expected: each stands for half of itself.
    found = log_q(np.array([3.0, 1.0]), np.array([6.0, 0.25]))
    np.testing.assert_allclose(found, [np.log(0.5), np.log(4)], rtol=1e-6)


def test_the_sampled_sum_is_on_average_the_sum_over_all():
    random = np.random.default_rng(1)
    shares = np.array([0.5, 0.3, 0.1, 0.1, 0.0])
    logits = np.array([2.0, 0.0, 1.0, -1.0, 0.5])
    sampler = Sampler(shares, drawn=6, full=False)
    sampler.confuse(np.array([0.0, 1.0, 0.0, 0.0, 1.0]))
    sums = []
    for _ in range(4000):
        wanted = random.choice(5, 10, p=shares)
        columns = sampler.columns(wanted, random)
        sums.append(np.exp(logits[columns.products] + columns.correction).sum())
    assert np.mean(sums) == pytest.approx(np.exp(logits).sum(), rel=0.02)


def test_the_whole_softmax_needs_no_correction():
    columns = Sampler(np.array([0.9, 0.1]), drawn=4, full=True).columns(
        np.array([0]), np.random.default_rng(1)
    )
    assert columns.products.tolist() == [0, 1]
    assert columns.correction.tolist() == [0.0, 0.0]
