from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_models.experiments.pooling import pool
from ml_models.experiments.sums import NotEnoughError


def test_one_flow_stands_alone():
    found = pool([0.1], [0.05])

    assert found.flows[0].lift == pytest.approx(0.1)
    assert found.flows[0].low == pytest.approx(0.1 - 1.95996 * 0.05, rel=1e-3)
    assert found.flows[0].high == pytest.approx(0.1 + 1.95996 * 0.05, rel=1e-3)


def test_flows_that_agree_share_their_people():
    found = pool([0.05] * 40, [0.04] * 40)

    assert [flow.lift for flow in found.flows] == pytest.approx([0.05] * 40)
    alone = 2 * 1.95996 * 0.04
    assert found.flows[0].high - found.flows[0].low < 0.5 * alone
    assert found.spread < 0.02


def test_flows_that_differ_keep_their_own_lift():
    lifts = np.linspace(-1, 1, 21)

    found = pool(lifts, [0.02] * 21)

    assert [flow.lift for flow in found.flows] == pytest.approx(lifts, abs=0.002)
    assert found.spread == pytest.approx(lifts.std(), rel=0.1)


def test_a_small_flow_is_drawn_further_than_a_large_one():
    found = pool([0.0, 0.04, 0.06, 0.3, 0.3], [0.02, 0.02, 0.02, 0.02, 0.2])

    large, small = found.flows[3], found.flows[4]
    assert found.common.lift < small.lift < large.lift < 0.3


def test_eight_schools_are_where_textbooks_have_them():
    """Rubin (1981): posterior means by Gelman et al., table 5.3, within a point."""
    found = pool([28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18])

    means = [flow.lift for flow in found.flows]
    assert means == pytest.approx([11, 8, 6, 8, 5, 6, 11, 8], abs=1)


def test_intervals_hold_the_truth_as_often_as_they_say():
    draw = np.random.default_rng(6)
    held = []
    for _ in range(200):
        truth = draw.normal(0.05, 0.05, 8)
        errors = draw.uniform(0.03, 0.2, 8)
        flows = pool(draw.normal(truth, errors), errors).flows
        held += [
            flow.low <= true <= flow.high
            for flow, true in zip(flows, truth, strict=True)
        ]

    assert 0.93 <= np.mean(held) <= 0.99


@given(st.floats(0.01, 1_000), st.floats(-5, 5))
def test_another_unit_changes_nothing_else(scale, shift):
    lifts, errors = np.array([0.0, 0.3, 0.1]), np.array([0.1, 0.2, 0.3])

    one = pool(lifts, errors).flows
    other = pool(scale * (lifts + shift), scale * errors).flows

    for before, after in zip(one, other, strict=True):
        assert after.lift == pytest.approx(
            scale * (before.lift + shift), abs=scale * 1e-6
        )
        assert after.low == pytest.approx(
            scale * (before.low + shift), abs=scale * 1e-6
        )


def test_no_flows_are_refused():
    with pytest.raises(NotEnoughError, match="No flow"):
        pool([], [])


@pytest.mark.parametrize("error", [0, -1, float("nan")])
def test_an_error_that_is_none_is_refused(error):
    with pytest.raises(ValueError, match="standard errors above 0"):
        pool([0.1, 0.2], [0.1, error])


def test_lifts_without_their_errors_are_refused():
    with pytest.raises(ValueError, match="a lift and a standard error"):
        pool([0.1, 0.2], [0.1])
