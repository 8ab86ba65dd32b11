from __future__ import annotations

import json
from copy import copy
from dataclasses import replace

import numpy as np
import pytest

from ml_models.artefact import CARD
from ml_models.value.blend import Blend
from ml_models.value.files import OtherFeaturesError
from ml_models.value.members import train_learned
from ml_models.value.model import Config, Value
from ml_models.value.purchases import Purchases, purchases
from ml_models.value.rfm import outcome
from ml_models.value.season import yearly
from tests.ml_models.value.worlds import shop

DAY, HORIZON = 170, 30
BOUGHT = shop()


@pytest.fixture(scope="module")
def model():
    fitted = Value(Config(HORIZON, bags=1))
    fitted.fit(BOUGHT, DAY)
    return fitted


def test_who_buys_again_is_told_from_who_does_not(model):
    found = model.predict(BOUGHT, DAY)
    told = outcome(BOUGHT, found.customers, DAY, HORIZON)
    yes, no = found.buys[told.bought > 0], found.buys[told.bought == 0]
    assert (yes[:, None] > no).mean() > 0.75
    assert found.buys.mean() == pytest.approx(told.bought.mean(), abs=0.06)
    assert found.total_low < told.spend.sum() < found.total_high
    inside = (told.spend >= found.low) & (told.spend <= found.high)
    assert 0.85 <= inside.mean() <= 0.96


def test_nothing_of_after_the_day_is_used(model):
    again = Value(Config(HORIZON, bags=1))
    again.fit(BOUGHT.before(DAY), DAY)
    assert same(again.predict(BOUGHT.before(DAY), DAY), model.predict(BOUGHT, DAY))


def test_what_was_saved_answers_the_same(model, tmp_path):
    model.save(tmp_path)
    assert same(Value.load(tmp_path).predict(BOUGHT, DAY), model.predict(BOUGHT, DAY))


def test_what_was_learned_from_other_features_is_not_read(model, tmp_path):
    model.save(tmp_path)
    card = json.loads((tmp_path / CARD).read_text())
    names = card.pop("features")
    for changed in (card, {**card, "features": names[::-1]}):
        (tmp_path / CARD).write_text(json.dumps(changed))
        with pytest.raises(OtherFeaturesError):
            Value.load(tmp_path)


def test_drivers_add_up_to_the_log_odds(model):
    found, chances = model.drivers(BOUGHT, DAY), model.predict(BOUGHT, DAY).buys
    odds = found.base + found.parts.sum(axis=1)
    assert 1 / (1 + np.exp(-odds)) == pytest.approx(chances, abs=1e-9)
    assert found.parts.shape == (len(chances), len(found.names))
    assert model.members.learned.boosting is not None


def test_longer_horizons_hold_more(model):
    week, month, year = (model.predict(BOUGHT, DAY, days) for days in (7, HORIZON, 365))
    assert (week.buys < month.buys).all()
    assert (month.buys < year.buys).all()
    assert week.total < month.total < year.total
    assert (year.orders > month.orders).all()
    assert same(month, model.predict(BOUGHT, DAY))


def test_who_buys_often_is_expected_sooner(model):
    found = model.predict(BOUGHT, DAY)
    counts = np.bincount(BOUGHT.before(DAY).customers, minlength=300)[found.customers]
    often, once = found.next_order[counts >= 8], found.next_order[counts == 1]
    assert 0 < np.median(often) < np.median(once)


@pytest.mark.parametrize(
    ("customers", "days", "day"),
    [([0], [0], 1), ([0, 1, 2], [0, 30, 60], 61), ([0, 0, 1, 2], [0, 50, 80, 99], 200)],
)
def test_three_customers_have_answers_with_wide_ranges(customers, days, day):
    few = purchases(customers, days, [20.0] * len(days))
    model = Value()
    assert model.fit(few, day)["trust"] < 0.1
    found = model.predict(few, day)
    assert ((found.buys > 0) & (found.buys < 1)).all()
    assert np.isfinite(found.spend).all()
    assert np.isfinite(found.next_order).all()
    assert found.total_high > 1.3 * found.total
    assert np.isfinite(model.drivers(few, day).parts).all()


def test_where_nobody_bought_there_is_nothing_to_learn():
    with pytest.raises(ValueError, match="Nobody"):
        Value().fit(BOUGHT, 0)
    with pytest.raises(ValueError, match="learned nothing"):
        Value().predict(BOUGHT, DAY)


def test_little_learned_is_little_trusted():
    members = np.array([[-1.0, 3.0, 5.0]])
    blend = Blend(np.array([0.0, 0.5, 0.5]))
    assert blend.log_odds(members, 0.0).tolist() == [-1.0]
    assert blend.log_odds(members, 0.5).tolist() == [1.5]
    assert blend.log_odds(members, 1.0).tolist() == [4.0]


def test_a_customer_seen_on_many_days_is_trusted_as_one():
    """Sixty buy each week, twenty bought once: there are no more than these twenty."""
    who = [*np.repeat(np.arange(60), 20), *range(60, 80)]
    when = [*np.tile(np.arange(20) * 7, 60), *range(20)]
    steady = purchases(who, when, [20.0] * len(who))
    found = train_learned(steady, 140, 60, range(1))
    assert found.trust == pytest.approx(20 / 120)
    assert found.boosting is None


def test_what_is_earned_of_it(model):
    some = Purchases(
        BOUGHT.customers,
        BOUGHT.days,
        BOUGHT.amounts,
        BOUGHT.units,
        BOUGHT.customer_count,
        np.where(BOUGHT.customers < 150, 0.6, 0.2) * BOUGHT.amounts,
    )
    found = model.predict(some, DAY)
    shares = found.margin / found.spend
    assert shares[found.customers < 150].min() > shares[found.customers >= 150].max()
    assert 0.2 < shares.min() < shares.max() < 0.6
    assert model.predict(BOUGHT, DAY).margin is None


def test_what_is_earned_of_a_part_counts_by_that_part(model):
    """Every tenth purchase says its cost of a hundredth alone, and lost on it."""
    odd = np.arange(len(BOUGHT)) % 10 == 0
    some = replace(
        BOUGHT,
        margins=np.where(odd, -0.05, 0.6) * BOUGHT.amounts,
        costed=np.where(odd, 0.01, 1.0) * BOUGHT.amounts,
    )
    found = model.predict(some, DAY)
    paid = BOUGHT.amounts[~odd].sum(), BOUGHT.amounts[odd].sum()
    lost, told = 0.05 * paid[1], paid[0] + 0.01 * paid[1]
    shares = found.margin / found.spend
    assert np.median(shares) == pytest.approx((0.6 * paid[0] - lost) / told, abs=0.02)
    assert shares.min() > 0


def test_the_same_days_a_year_ago_raise_the_total():
    plain = shop(250, 760, leaving=0.0)
    rush = (plain.days >= 365) & (plain.days < 395)
    again = purchases(
        plain.customers, plain.days, np.where(rush, 3.0, 1.0) * plain.amounts
    )
    quiet, found = (yearly(some, 730, 30) for some in (plain, again))
    assert quiet == pytest.approx(1.0, abs=0.1)
    assert found > 1.25 * quiet


def test_a_season_never_more_than_doubles_the_total():
    plain = shop(250, 760, leaving=0.0)
    rush = (plain.days >= 365) & (plain.days < 395)
    amounts = np.where(rush, 1000.0, 1.0) * plain.amounts
    assert yearly(purchases(plain.customers, plain.days, amounts), 730, 30) == 2.0


def test_a_few_customers_of_a_year_ago_are_no_season():
    few = shop(40, 760, leaving=0.0)
    rush = (few.days >= 365) & (few.days < 395)
    again = purchases(few.customers, few.days, np.where(rush, 42, 1) * few.amounts)
    assert yearly(again, 730, 30) == 1.0


def test_the_season_is_of_the_learned_days_alone(model):
    busy = copy(model)
    busy.finding = replace(model.finding, season=1.5)
    week, month, year = (
        busy.predict(BOUGHT, DAY, days).spend - model.predict(BOUGHT, DAY, days).spend
        for days in (7, HORIZON, 365)
    )
    assert month == pytest.approx(0.5 * model.predict(BOUGHT, DAY).spend)
    assert year == pytest.approx(month)
    assert week == pytest.approx(0.5 * model.predict(BOUGHT, DAY, 7).spend)


def same(one, other):
    return all(
        np.array_equal(value, getattr(other, name))
        for name, value in vars(one).items()
        if value is not None
    )
