from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ml_models.experiments.many import benjamini_hochberg, holm

chances = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def test_holm_multiplies_by_what_is_left():
    assert holm([0.01, 0.04, 0.03, 0.005]).tolist() == pytest.approx(
        [0.03, 0.06, 0.06, 0.02]
    )


def test_benjamini_hochberg_is_milder():
    assert benjamini_hochberg([0.01, 0.04, 0.03, 0.005]).tolist() == pytest.approx(
        [0.02, 0.04, 0.04, 0.02]
    )


@given(chances)
def test_corrections_never_make_a_claim_easier(p_values):
    strict, mild = holm(p_values), benjamini_hochberg(p_values)

    assert (strict >= mild - 1e-12).all()
    assert (mild >= stats.false_discovery_control(p_values) - 1e-12).all()
    assert (mild >= p_values).all()
    assert strict.max() <= 1


def test_holm_keeps_the_order_given():
    assert holm([0.9, 0.001]).tolist() == pytest.approx([0.9, 0.002])


@pytest.mark.parametrize("correct", [holm, benjamini_hochberg])
def test_no_questions_need_no_correction(correct):
    assert correct([]).tolist() == []


@pytest.mark.parametrize("correct", [holm, benjamini_hochberg])
@pytest.mark.parametrize("bad", [float("nan"), -0.1, 1.1])
def test_they_refuse_what_is_no_chance(correct, bad):
    with pytest.raises(ValueError, match="from 0 to 1"):
        correct([0.5, bad])
