"""Tests that a fashion shop really ran (fixtures/README.md)."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from scipy import stats

from ml_models.experiments.difference import compare
from ml_models.experiments.effect import measure
from ml_models.experiments.sequential import measure_always
from ml_models.experiments.sums import Sums
from ml_models.experiments.verdict import Answer, Plan, judge

FIXTURES = Path(__file__).parent / "fixtures"


def looks(name):
    with (FIXTURES / name).open() as file:
        return [
            [(int(row[f"count_{arm}"]), float(row[f"mean_{arm}"]), float(row[f"variance_{arm}"])) for arm in "ct"]
            for row in csv.DictReader(file)
        ]  # fmt: skip


def test_their_ends_agree_with_scipy():
    for control, treatment in looks("asos_ends.csv"):
        effect = measure(compare(Sums.of_stats(*control), Sums.of_stats(*treatment)))

        (n1, m1, v1), (n2, m2, v2) = control, treatment
        theirs = stats.ttest_ind_from_stats(
            m2, math.sqrt(v2), n2, m1, math.sqrt(v1), n1, equal_var=False
        )
        assert effect.p_value == pytest.approx(theirs.pvalue, rel=1e-9)


def test_their_verdicts():
    answers = [
        judge(
            Sums.of_stats(*control),
            Sums.of_stats(*treatment),
            Plan(target=control[0], matters=0.02),
            metric="spend per customer",
        ).answer
        for control, treatment in looks("asos_ends.csv")
    ]

    assert answers == [
        Answer.BETTER,
        Answer.WORSE,
        Answer.NO_DIFFERENCE,
        Answer.NOT_KNOWN,
        Answer.NO_DIFFERENCE,
        Answer.NO_DIFFERENCE,
    ]


def test_figures_that_arrive_late_claim_once_but_not_twice_in_a_row():
    claims = [
        measure_always(
            compare(Sums.of_stats(*control), Sums.of_stats(*treatment)), 40_000_000
        ).p_value
        < 0.05
        for control, treatment in looks("asos_late_look.csv")
    ]

    assert claims == [False, False, False, True, False]
