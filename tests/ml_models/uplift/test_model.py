from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ml_models.uplift.model import PENALTIES, Average, Personal, Trial
from tests.ml_models.uplift.worlds import world


@pytest.mark.parametrize("is_unequal", [False, True])
def test_it_finds_who_is_moved(is_unequal):
    trial, _ = world(is_unequal=is_unequal)
    later, true = world(seed=1)
    found = Personal().fit(trial).effects(later.numbers)
    assert np.corrcoef(found, true)[0, 1] > 0.8
    assert np.abs(found - true).mean() < 0.04
    # Also how far apart they lie, which a penalty alone would make too little.
    assert 0.7 < found.std() / true.std() < 1.3


@pytest.mark.parametrize("seed", range(6))
def test_it_invents_no_differences(seed):
    trial, _ = world(2000, seed=seed, moved=0.0)
    model = Personal().fit(trial)
    found, everybody = model.effects(trial.numbers), Average().fit(trial).effect
    assert np.abs(found - everybody).max() < 0.05
    assert found.std() < 0.02


def test_the_same_odds_ratio_for_all_is_the_first_guess():
    trial, true = world(moved=0.0, level=0.8)
    model = Personal().fit(trial)
    assert model.penalty == PENALTIES[0]
    assert not model.sent[1:].any()
    assert np.corrcoef(model.effects(trial.numbers), true)[0, 1] > 0.8


@pytest.mark.parametrize("model", [Average, Personal])
def test_who_was_treated_more_does_not_matter(model):
    """Those who buy less anyway are treated more: a plain difference is far too low."""
    trial, true = world(8000, is_unequal=True)
    plain = trial.bought[trial.treated].mean() - trial.bought[~trial.treated].mean()
    found = model().fit(trial).effects(trial.numbers).mean()
    assert plain < true.mean() - 0.04
    assert found == pytest.approx(true.mean(), abs=0.02)


def test_the_average_is_the_difference_where_all_had_the_same_chance():
    trial, _ = world(is_unequal=False)
    sides = [trial.bought[trial.treated == side].mean() for side in (True, False)]
    assert Average().fit(trial).effect == pytest.approx(sides[0] - sides[1])


def test_effects_are_about_the_average_on_average():
    trial, _ = world()
    found = Personal().fit(trial).effects(trial.numbers).mean()
    assert found == pytest.approx(Average().fit(trial).effect, abs=0.01)


@pytest.mark.parametrize("people", [8, 40, 150])
def test_few_people_move_nobody_far(people):
    for seed in range(5):
        trial, _ = world(people, seed=seed)
        found = Personal().fit(trial).effects(world(300, seed=9)[0].numbers)
        assert np.abs(found).max() < 0.75
        assert found.std() < 0.2


@pytest.mark.parametrize("bought", [True, False])
@pytest.mark.parametrize("model", [Average, Personal])
def test_where_all_or_none_bought_nothing_changes(model, bought):
    trial, _ = world(400)
    same = replace(trial, bought=np.full(400, bought))
    assert np.abs(model().fit(same).effects(trial.numbers)).max() < 0.01


def test_a_number_of_which_nothing_is_known_does_no_harm():
    trial, _ = world()
    numbers = trial.numbers.copy()
    numbers[:, 1] = np.nan
    found = Personal().fit(replace(trial, numbers=numbers)).effects(trial.numbers)
    assert np.isfinite(found).all()
    assert found.std() > 0.05


def test_no_numbers_make_it_the_same_for_all():
    trial, _ = world()
    bare = replace(trial, names=(), numbers=np.empty((3000, 0)))
    found = Personal().fit(bare).effects(bare.numbers)
    assert found == pytest.approx(Average().fit(trial).effects(bare.numbers), abs=1e-3)


def test_the_same_trial_makes_the_same_model():
    trial, _ = world()
    one, other = (Personal(seed=3).fit(trial).document() for _ in range(2))
    assert one == other


@pytest.mark.parametrize("model", [Average, Personal])
def test_it_refuses_what_cannot_be_compared(model):
    trial, _ = world(50)
    with pytest.raises(ValueError, match="treated"):
        model().fit(replace(trial, treated=np.ones(50, bool)))
    with pytest.raises(ValueError, match="share"):
        model().fit(replace(trial, share=np.ones(50)))


def test_weights_mend_what_a_line_cannot():
    """Those far from the middle buy more and are treated more; nobody is moved."""
    chance = np.random.default_rng(0)
    x = chance.normal(size=6000)
    is_far = np.abs(x) > 1
    share = np.where(is_far, 0.8, 0.2)
    treated, bought = chance.random((2, 6000)) < [share, 0.1 + 0.4 * is_far]
    trial = Trial(("x",), x[:, None], treated, bought, share)
    assert bought[treated].mean() - bought[~treated].mean() > 0.15
    assert np.abs(Personal().fit(trial).effects(trial.numbers)).max() < 0.05


def test_out_of_four_buyers_no_differences_are_told():
    trial, _ = world()
    bought = trial.bought.copy()
    bought[np.flatnonzero(trial.treated & bought)[4:]] = False
    model = Personal().fit(replace(trial, bought=bought))
    assert (model.penalty, model.stretch) == (PENALTIES[0], 0.0)
