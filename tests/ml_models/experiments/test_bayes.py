from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ml_models.experiments.bayes import believe, believe_rates
from ml_models.experiments.difference import compare
from ml_models.experiments.sums import Sums

DRAWS = 400_000


def test_much_data_leave_the_prior_nothing_to_say():
    found = compare(Sums.of_stats(10**6, 10, 25), Sums.of_stats(10**6, 10.01, 25))

    belief = believe(found)

    error = (2 * 25 / 10**6) ** 0.5
    assert belief.better == pytest.approx(stats.norm.cdf(0.01 / error), abs=1e-5)
    assert (belief.low, belief.high) == pytest.approx(
        (0.01 - 1.96 * error, 0.01 + 1.96 * error), rel=1e-3
    )


def test_the_prior_and_as_much_noise_meet_halfway():
    # Control at 10: the prior's standard deviation is 3, as is the difference's.
    found = compare(Sums.of_stats(100, 10, 450), Sums.of_stats(100, 12, 450))

    belief = believe(found)

    assert belief.mean == pytest.approx(1)
    assert belief.high - belief.mean == pytest.approx(1.95996 * 3 / 2**0.5, rel=1e-5)


def test_losses_are_what_a_wrong_choice_costs_on_average():
    found = compare(Sums.of_stats(100, 10, 450), Sums.of_stats(100, 12, 450))

    belief = believe(found)

    truth = np.random.default_rng(1).normal(1, 3 / 2**0.5, DRAWS)
    assert belief.loss == pytest.approx(np.maximum(-truth, 0).mean(), rel=0.02)
    assert belief.loss_of_staying == pytest.approx(
        np.maximum(truth, 0).mean(), rel=0.02
    )
    assert belief.loss_of_staying - belief.loss == pytest.approx(belief.mean)


def test_nothing_in_control_leaves_the_data_alone():
    found = compare(Sums.of_stats(100, 0, 9), Sums.of_stats(100, 1, 9))

    assert believe(found).mean == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [((1_000, 50), (1_000, 65)), ((3, 0), (4, 1)), ((9, 9), (5, 0))],
)
def test_rates_agree_with_drawing_from_their_betas(before, after):
    belief = believe_rates(Sums.of_rate(*before), Sums.of_rate(*after))

    draw = np.random.default_rng(2)
    p, q = (draw.beta(1 + hits, 1 + n - hits, DRAWS) for n, hits in (before, after))
    assert belief.better == pytest.approx((q > p).mean(), abs=0.004)
    assert belief.loss == pytest.approx(np.maximum(p - q, 0).mean(), abs=0.002)
    assert belief.loss_of_staying == pytest.approx(
        np.maximum(q - p, 0).mean(), abs=0.002
    )
    assert (belief.low, belief.high) == pytest.approx(
        np.quantile(q - p, [0.025, 0.975]), abs=0.01
    )


def test_two_uniform_rates_are_a_coin():
    belief = believe_rates(Sums.of_rate(0, 0), Sums.of_rate(0, 0))

    # Of two uniform numbers the difference is a triangle: E max(p - q, 0) = 1 / 6.
    assert belief.better == pytest.approx(0.5)
    assert belief.loss == pytest.approx(1 / 6)
    assert belief.high == pytest.approx(1 - 0.05**0.5, rel=1e-4)


def test_arms_turned_round_turn_the_belief_round():
    a, b = Sums.of_rate(800, 40), Sums.of_rate(300, 25)

    one, other = believe_rates(a, b), believe_rates(b, a)

    assert one.better == pytest.approx(1 - other.better)
    assert one.loss == pytest.approx(other.loss_of_staying, rel=1e-6)
    assert one.low == pytest.approx(-other.high)


def test_rates_and_normals_agree_over_many_people():
    a, b = Sums.of_rate(10**6, 50_000), Sums.of_rate(10**6, 50_400)

    rate, normal = believe_rates(a, b), believe(compare(a, b))

    assert rate.better == pytest.approx(normal.better, abs=1e-3)
    assert rate.loss == pytest.approx(normal.loss, rel=1e-2)


def test_it_refuses_amounts_as_rates():
    with pytest.raises(ValueError, match="0 or 1"):
        believe_rates(Sums.of([3, 4]), Sums.of_rate(5, 1))
