from __future__ import annotations

from ml_models.data import BUY, CART
from ml_models.recommenders.own_history import Config, OwnHistory
from tests.ml_models.recommenders.worlds import deeds, tastes


def first(config, *rows):
    model = OwnHistory(config)
    model.fit(tastes())
    return int(model.score(deeds(list(rows), 1), 100.0)[0].argmax())


def test_what_was_bought_oftener_comes_first():
    rows = (0, 7, BUY, 1), (0, 7, BUY, 2), (0, 20, BUY, 99)
    assert first(Config(), *rows) == 7


def test_what_was_bought_lately_comes_first_where_deeds_age():
    rows = (0, 7, BUY, 1), (0, 7, BUY, 2), (0, 20, BUY, 99)
    assert first(Config(half_life_days=10.0), *rows) == 20


def test_kinds_weigh_as_they_are_told_to():
    rows = (0, 7, BUY, 1), (0, 20, CART, 1)
    assert first(Config(cart=2.0), *rows) == 20


def test_a_product_that_all_buy_again_comes_before_one_that_none_does():
    known = deeds(
        [(user, product, BUY, day) for user in range(20) for product, day in
         ((3, 0), (3, 1), (9, 0))],
        20,
    )  # fmt: skip
    model = OwnHistory(Config(prior=1.0))
    model.fit(known)
    scores = model.score(deeds([(0, 3, BUY, 2), (0, 9, BUY, 2)], 1), 3.0)[0]
    assert scores[3] > scores[9]
