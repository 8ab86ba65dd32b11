"""Who waits for minutes hears that it goes on."""

from __future__ import annotations

from ml_models.recommenders.choose import SINGLES, choose_by, fit, judge
from ml_models.recommenders.learned import Learned, Recipe
from tests.ml_models.recommenders.worlds import goods, last_hidden, tastes

FEW = {name: SINGLES[name] for name in ("popularity", "sequence")}
MEMBERS = [Recipe("item_knn").card(), Recipe("ease").card()]
BLEND = Recipe("blend", {"members": MEMBERS, "weights": [1.0, 1.0]})


def test_a_blend_says_which_member_it_learns():
    said = []
    fit(BLEND, tastes(users=50), goods(), 1, said.append)
    assert said == ["Learning item knn for the blend", "Learning ease for the blend"]


def test_a_judge_says_what_it_learns_and_judges():
    past, exam = last_hidden(tastes(users=50))
    said = []
    learned = Learned(past, goods(), 1, said.append)
    judge(BLEND, learned, exam)
    assert said == ["Learning item knn", "Learning ease", "Judging blend"]


def test_choosing_a_blend_is_told_step_by_step():
    past, exam = last_hidden(tastes(users=150))
    told = []
    choose_by(past, exam, goods(), 1, lambda *said: told.append(said), singles=FEW)
    steps = [text for share, text in told if share >= 0.7]
    assert steps == [
        "Learning how to blend",
        "Letting all members propose",
        "Learning weights",
        *["Learning an order"] * 4,
        "Compared",
    ]
