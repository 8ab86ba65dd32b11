from __future__ import annotations

import json

import numpy as np
import pytest

from ml_models.data import NOTHING_KNOWN
from ml_models.exam import bought, exam_of
from ml_models.recommenders.all import load
from ml_models.recommenders.choose import SINGLES, choose, choose_by, fit
from ml_models.recommenders.learned import Recipe
from tests.ml_models.recommenders.worlds import deeds, goods, last_hidden, tastes

CUT = 6.0
FEW = {name: SINGLES[name] for name in ("popularity", "own_history", "sequence")}


@pytest.fixture(scope="module")
def chosen():
    known = tastes(users=150)
    past, window = known.where(known.days < CUT), known.where(known.days >= CUT)
    return choose(past, window, goods(), seed=1)


def test_it_takes_the_best_of_what_it_tried(chosen):
    values = {label: found["ndcg10"] for label, found in chosen.metrics.items()}
    assert values[chosen.label] == max(values.values())
    assert chosen.recipe == chosen.recipes[chosen.label]


def test_it_tries_single_models_and_both_blends(chosen):
    quick = set(SINGLES) - {"two_tower"}
    assert set(chosen.metrics) == {*quick, "fusion", "ranker"}


def test_grades_are_of_the_same_cases_in_the_same_order(chosen):
    assert len({len(grades) for grades in chosen.grades.values()}) == 1
    for label, grades in chosen.grades.items():
        assert grades.mean() == pytest.approx(chosen.metrics[label]["ndcg10"])


def test_a_recipe_is_plain_json_and_makes_the_same_model_again(chosen, tmp_path):
    known = tastes(users=150)
    recipe = chosen.recipes["ranker"]
    again = Recipe(**json.loads(json.dumps(recipe.card())))
    model = fit(recipe, known, goods(), 1)
    scores = model.score(known, 9.0)
    assert np.array_equal(fit(again, known, goods(), 1).score(known, 9.0), scores)
    model.save(tmp_path)
    assert np.array_equal(load(tmp_path).score(known, 9.0), scores)


def test_a_blend_that_does_not_win_is_not_taken():
    # All want the same next: whoever knows that is perfect, and the humble one is first.
    rows = [(user, 0, 3, 0.0) for user in range(60)]
    rows += [(user, 1, 3, 0.1) for user in range(60)]
    known = deeds(rows, 60)
    _, exam = last_hidden(known)
    past = deeds([*rows[:60], *[(user, 1, 3, 0.1) for user in range(30)]], 60)
    found = choose_by(past, exam, NOTHING_KNOWN, 1, singles=FEW)
    assert found.metrics[found.label]["ndcg10"] == 1.0
    assert found.label == "sequence"


def test_a_blend_does_not_propose_what_was_bought_where_nothing_repeats():
    known = tastes(users=150)
    past, window = known.where(known.days < CUT), known.where(known.days >= CUT)
    exam = exam_of(past, window, repeats=False)
    found = choose_by(past, exam, goods(), 1, singles=FEW)
    model = fit(found.recipes["fusion"], past, goods(), 1)
    had = bought(exam.histories).toarray() > 0
    scores = model.score(exam.histories, exam.now)
    assert had.any(1).all()
    assert scores[had].max() < 0 < scores[~had].max()


def test_without_a_case_it_says_so():
    known = tastes()
    with pytest.raises(ValueError, match="no case"):
        choose(known, deeds([], known.user_count), goods(), seed=1)


def test_it_tells_how_far_it_is():
    known = tastes(users=150)
    past, exam = last_hidden(known)
    told = []
    choose_by(past, exam, goods(), 1, lambda *said: told.append(said), singles=FEW)
    assert told[0] == (0.0, "Trying popularity")
    assert told[-1] == (1.0, "Compared")
    assert [share for share, _ in told] == sorted(share for share, _ in told)
