from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from ml_models.intent import grading
from ml_models.intent.model import NAMES, Config, Model
from ml_models.intent.visits import Column, Visits
from tests.ml_models.intent.worlds import shop

SMALL = {"rounds": 60, "members": 3, "min_child_samples": 20}


@pytest.mark.parametrize("name", NAMES)
def test_it_comes_near_the_truth(name):
    visits, _ = shop(3000)
    later, true = shop(3000, seed=9)
    found = grading.chances(
        Model(Config(name, **SMALL)).fit(visits).log_odds(later.values)
    )
    assert grading.auc(later.bought, found) > grading.auc(later.bought, true) - 0.02
    assert grading.calibration_error(later.bought, found) < 0.03


def test_the_same_visits_make_the_same_model():
    visits, _ = shop()
    one, other = (Model(Config(**SMALL), seed=3).fit(visits) for _ in range(2))
    assert one.document() == other.document()


def test_nobody_is_on_both_sides():
    visits, _ = shop(500)
    fold = visits.folds(5, seed=1)
    assert all(len(set(fold[visits.groups == group])) == 1 for group in visits.groups)
    buyers = [int(visits.bought[fold == part].sum()) for part in range(5)]
    assert max(buyers) - min(buyers) <= 6


def test_it_says_so_where_a_part_would_be_without_buyers():
    visits, _ = shop()
    few = np.flatnonzero(visits.bought)[:2]
    others = np.flatnonzero(~visits.bought)[:80]
    with pytest.raises(ValueError, match="who bought"):
        Model(Config(**SMALL)).fit(visits.rows(np.concatenate([few, others])))


def test_a_column_of_which_nothing_is_known_does_no_harm():
    visits, _ = shop()
    visits.values[:, 1] = np.nan
    found = Model(Config(**SMALL)).fit(visits).log_odds(visits.values)
    assert np.isfinite(found).all()


def test_marks_are_those_of_scikit_learn():
    chance = np.random.default_rng(0)
    truth = chance.random(400) < 0.2
    # Ties, too.
    said = np.round(0.3 * truth + chance.random(400), 1) / 1.4
    assert grading.auc(truth, said) == pytest.approx(roc_auc_score(truth, said))
    wanted = average_precision_score(truth, said)
    assert grading.average_precision(truth, said) == pytest.approx(wanted)
    wanted = brier_score_loss(truth, said)
    assert grading.brier(truth, said) == pytest.approx(wanted)


def test_calibration_is_how_far_off_it_is_on_average():
    truth = np.tile([True, False, False, False], 25)
    assert grading.calibration_error(truth, np.full(100, 0.25)) == pytest.approx(
        sum(abs(truth[n * 10 : n * 10 + 10].mean() - 0.25) for n in range(10)) / 10
    )
    assert grading.calibration_error(truth, np.where(truth, 1.0, 0.0)) == 0


def test_many_numbers_have_no_pairs():
    """A visit with 23 numbers has 253: more than its shop can teach."""
    chance = np.random.default_rng(0)
    bought = chance.random(60) < 0.5
    for count, pairs in ((15, 105), (16, 0)):
        columns = tuple(Column(f"c{n}") for n in range(count))
        values = chance.random((60, count))
        visits = Visits(columns, values, bought, np.arange(60))
        model = Model(Config("linear", members=2)).fit(visits)
        assert len(model.document()["terms"]["pairs"]) == pairs
