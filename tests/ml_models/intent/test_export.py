"""What answers in the web says what was learned, to the ninth digit."""

from __future__ import annotations

import json

import lightgbm
import numpy as np
import pytest

from apps.segmentation.services.purchase_score import score
from ml_models.intent import trees
from ml_models.intent.model import NAMES, Config, Model
from tests.ml_models.intent.worlds import COLUMNS, shop, strange

SMALL = {"rounds": 30, "members": 3, "min_child_samples": 5}


@pytest.fixture(scope="module", params=NAMES)
def learned(request):
    visits, _ = shop()
    return Model(Config(request.param, **SMALL)).fit(visits)


def exported(model):
    return json.loads(json.dumps(model.document()))


def test_it_says_what_the_model_says(learned):
    visits, _ = shop(seed=1)
    rows = strange(visits)
    document = exported(learned)
    found = [score(document, row) for row in rows.tolist()]
    wanted = learned.log_odds(rows)
    assert np.abs([one.log_odds for one in found] - wanted).max() < 1e-9
    chances = 1 / (1 + np.exp(-wanted))
    assert np.abs([one.probability for one in found] - chances).max() < 1e-9


@pytest.mark.parametrize("has_missing", [True, False])
def test_trees_are_lightgbms_own_answer(has_missing):
    """Also where nothing was missing while it learned, and something is later."""
    visits, _ = shop()
    if not has_missing:
        visits = visits.rows(~np.isnan(visits.values).any(axis=1))
    wide = {"learning_rate": 0.1, "num_leaves": 31, "min_child_samples": 3}
    booster = trees.grow(visits, wide, rounds=60, seed=1)
    forest = json.loads(json.dumps(trees.Forest(booster).document()))
    assert forest["sets"], "no tree asks for the device"
    alone = {
        "intercept": 0.0, "worth": {"trees": 1.0}, "weights": [], "terms": None,
        "forests": [forest],
    }  # fmt: skip
    rows = strange(shop(seed=2)[0])
    theirs = lightgbm.Booster(model_str=booster.model_to_string())
    wanted = theirs.predict(rows, raw_score=True)
    found = [score(alone, row).log_odds for row in rows.tolist()]
    assert np.abs(found - wanted).max() < 1e-9


def test_the_interval_lies_around_the_probability(learned):
    document = exported(learned)
    rows = strange(shop(seed=1)[0])[:60]
    members = learned.members(rows)
    spread = ((members - members.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    reach = 1.6449 * np.sqrt(spread * 2 / 3)
    for row, middle, wide in zip(
        rows.tolist(), members.mean(axis=1), reach, strict=True
    ):
        found = score(document, row)
        assert found.low == pytest.approx(1 / (1 + np.exp(wide - middle)), abs=1e-9)
        assert found.high == pytest.approx(1 / (1 + np.exp(-wide - middle)), abs=1e-9)


def test_a_thing_that_speaks_for_an_order_adds():
    visits, _ = shop(2000)
    document = exported(Model(Config(**SMALL)).fit(visits))
    cart = [column.name for column in COLUMNS].index("cart")
    full = score(document, [4.0, 90.0, 0.0, 5.0])
    empty = score(document, [4.0, 0.0, 0.0, 5.0])
    assert full.parts[cart] > 0.5 > 0 > empty.parts[cart]
    assert full.probability > 2 * empty.probability
