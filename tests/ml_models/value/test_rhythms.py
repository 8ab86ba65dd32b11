from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, special

from ml_models.value.bg_nbd import BgNbd
from ml_models.value.gamma_gamma import GammaGamma
from ml_models.value.pareto_nbd import ParetoNbd, log_likelihood
from ml_models.value.rfm import rfm
from tests.ml_models.value.worlds import shop

ONE = np.array([0.0, 2.0, 9.0]), np.array([0.0, 30.0, 150.0]), np.array([90.0, 60, 180])
MODELS = [BgNbd, ParetoNbd]


def test_bg_nbd_expects_what_the_paper_does():
    r, alpha, a, b = 0.24, 31.0, 0.79, 2.43
    repeats, recency, age = ONE
    model = BgNbd(np.array([r, alpha, a, b]))
    found = model.orders(90, repeats, recency, age)
    # Equation 10 of the paper, where its function does not yet overflow.
    gauss = special.hyp2f1(
        r + repeats, b + repeats, a + b + repeats - 1, 90 / (alpha + age + 90)
    )
    some = 1 - ((alpha + age) / (alpha + age + 90)) ** (r + repeats) * gauss
    exact = (a + b + repeats - 1) / (a - 1) * some * model.alive(repeats, recency, age)
    assert found == pytest.approx(exact, rel=2e-3)


def test_pareto_nbd_is_the_integral_over_the_moment_of_leaving():
    r, alpha, s, beta = 0.55, 74.0, 0.61, 82.0
    repeats, recency, age = ONE
    found = np.exp(log_likelihood(np.array([r, alpha, s, beta]), *ONE))
    for n in range(3):
        x = repeats[n]

        def at(moment, x=x):
            gone = s * beta**s * (beta + moment) ** -(s + 1)
            return gone * (alpha + moment) ** -(r + x)

        left, _ = integrate.quad(at, recency[n], age[n])
        here = (alpha + age[n]) ** -(r + x) * (beta / (beta + age[n])) ** s
        scale = special.gamma(r + x) / special.gamma(r) * alpha**r
        assert found[n] == pytest.approx(scale * (here + left), rel=1e-6)


def test_pareto_nbd_foretells_what_its_customers_do():
    model = ParetoNbd(np.array([2.0, 60.0, 1.5, 120.0]))
    dice = np.random.default_rng(0)
    # Customers at their first order: nothing but the parameters is known.
    zero = np.zeros(1)
    rates, leaves = dice.gamma(2.0, 1 / 60, 200_000), dice.gamma(1.5, 1 / 120, 200_000)
    days = np.minimum(dice.exponential(1 / leaves), 90)
    orders = dice.poisson(rates * days)
    assert model.buys(90, zero, zero, zero)[0] == pytest.approx(
        (orders > 0).mean(), abs=5e-3
    )
    assert model.orders(90, zero, zero, zero)[0] == pytest.approx(
        orders.mean(), abs=2e-2
    )


@pytest.mark.parametrize("model", MODELS)
def test_the_truth_of_a_shop_is_found(model):
    bought = shop(2000, 300)
    known = rfm(bought, 240)
    clock = known.repeats, known.recency, known.age
    found = model().fit(*clock).orders(60, *clock).sum()
    later = bought.between(240, 300)
    assert found == pytest.approx(len(later), rel=0.08)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    "clock",
    [
        ([0.0], [0.0], [0.0]),
        ([0.0] * 3, [0.0] * 3, [5.0, 40.0, 300.0]),
        ([5000.0, 0.0], [6000.0, 0.0], [6001.0, 6001.0]),
    ],
)
def test_few_or_odd_customers_have_sensible_answers(model, clock):
    clock = [np.array(some) for some in clock]
    fitted = model().fit(*clock)
    for days in (1, 90, 3650):
        chances, orders = fitted.buys(days, *clock), fitted.orders(days, *clock)
        assert ((chances > 0) & (chances <= 1)).all()
        assert (np.isfinite(orders) & (orders > 0)).all()
        # One order or more comes at least as often as it is likely.
        assert (orders >= chances - 1e-6).all()


@pytest.mark.parametrize("model", MODELS)
def test_where_formulas_divide_by_zero_nothing_happens(model):
    near, at = (
        model(np.array([1.0, 50.0, shape, 2.0])).orders(90, *ONE)
        for shape in (1.001, 1)
    )
    assert at == pytest.approx(near, rel=1e-2)


def test_a_mean_of_few_orders_is_drawn_to_the_shops():
    dice = np.random.default_rng(0)
    usual = dice.gamma(4.0, 10.0, 500)
    counts = dice.integers(1, 6, 500).astype(float)
    averages = usual * dice.gamma(6 * counts, 1 / (6 * counts))
    model = GammaGamma().fit(counts, averages)
    low, high = model.mean(np.array([1.0, 50.0]), np.array([200.0, 200.0]))
    assert 40 < low < high < 200
    assert high == pytest.approx(195, abs=5)
    # Who has not paid yet is worth what the others are.
    assert model.mean(np.zeros(1), np.zeros(1))[0] == pytest.approx(
        usual.mean(), rel=0.1
    )


def test_a_shop_of_gifts_has_finite_means():
    found = GammaGamma().fit(np.ones(2), np.zeros(2)).mean(np.ones(2), np.zeros(2))
    assert np.isfinite(found).all()
