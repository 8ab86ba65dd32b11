from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from apps.registry.services.brain import Check, Contest
from apps.registry.services.gate import Bars, Recipe, Serve, judge, paired
from tests.conftest import NOW

OLD, NEW, HUMBLE = (
    Recipe("blend", {"k": 1}),
    Recipe("blend", {"k": 2}),
    Recipe("plain", {}),
)


def contest(challenger, humble, champion=None, recipe=NEW, **more):
    arrays = [None if a is None else np.array(a, float) for a in (challenger, humble, champion)]  # fmt: skip
    return Contest(
        name=recipe.name,
        parameters=recipe.parameters,
        challenger=arrays[0],
        humble=arrays[1],
        champion=arrays[2],
        metrics={},
        baseline_metrics={},
        data_from_at=NOW,
        data_to_at=NOW,
        training_rows=100,
        humble_name="plain",
        **more,
    )


def flat(value, count=40):
    return [value] * count


def wild(mean, count=40):
    """The same mean, but each case ten times further from it than the rest differs."""
    return [mean + (1.0 if n % 2 else -1.0) for n in range(count)]


def test_the_interval_of_a_constant_difference_is_that_difference():
    found = paired(np.full(40, 0.3), np.full(40, 0.2), Bars())
    figures = [found.gain, found.low, found.high, found.ours, found.theirs]
    assert figures == pytest.approx([0.1, 0.1, 0.1, 0.3, 0.2])


def test_the_interval_is_as_wide_as_theory_says():
    """Half of 400 cases differ by 2, half by 0: mean 1, standard error 1 / 20."""
    ours = np.array([2.0, 0.0] * 200)
    found = paired(ours, np.zeros(400), Bars())
    assert found.gain == 1.0
    assert (found.low, found.high) == pytest.approx(
        (1 - 1.96 / 20, 1 + 1.96 / 20), abs=0.01
    )
    assert found == paired(ours, np.zeros(400), Bars())


def test_who_beats_both_by_the_margin_serves():
    verdict = judge(contest(flat(0.30), flat(0.20), flat(0.25)), OLD)
    assert (verdict.serve, verdict.reasons) == (Serve.CHALLENGER, ())
    assert verdict.against["champion"].gain == pytest.approx(0.05)


def test_a_gain_below_the_margin_is_none():
    """0.2510 is better than 0.2500 in each case, but by less than one percent."""
    verdict = judge(contest(flat(0.2510), flat(0.20), flat(0.25)), OLD)
    assert verdict.serve is Serve.CHAMPION_AGAIN
    assert verdict.reasons == [
        (
            "It is not clearly better than the model that serves: "
            "0.2510 against 0.2500 on 40 cases."
        )
    ]


def test_a_gain_that_chance_explains_is_none():
    verdict = judge(contest(wild(0.30), flat(0.25), None), None)
    assert verdict.against["humble"].low < 0 < verdict.against["humble"].gain
    assert verdict.serve is Serve.HUMBLE
    assert verdict.reason == (
        "It is not clearly better than the simple rule: 0.3000 against 0.2500 on 40 cases."
    )


def test_a_new_recipe_needs_enough_cases():
    verdict = judge(contest(flat(0.9, 19), flat(0.1, 19)), None)
    assert verdict.reasons == ["Only 19 cases to judge it by; it takes 20."]
    assert verdict.serve is Serve.HUMBLE
    assert judge(contest(flat(0.9, 20), flat(0.1, 20)), None).serve is Serve.CHALLENGER


def test_the_champion_s_own_recipe_need_not_be_better():
    verdict = judge(contest(flat(0.25), flat(0.20), flat(0.25), OLD), OLD)
    assert verdict.serve is Serve.CHALLENGER


def test_the_champion_s_own_recipe_may_lose_a_little():
    """Two percent less, or a loss that chance explains."""
    assert judge(contest(flat(0.246), flat(0.2), flat(0.25), OLD), OLD).serve == "challenger"  # fmt: skip
    assert judge(contest(wild(0.2), flat(0.2), flat(0.25), OLD), OLD).serve == "challenger"  # fmt: skip


def test_the_champion_s_own_recipe_may_not_be_shown_to_be_worse():
    verdict = judge(contest(flat(0.244), flat(0.20), flat(0.25), OLD), OLD)
    assert verdict.serve is Serve.NOTHING_NEW
    assert verdict.reasons == [
        (
            "On new data it does worse than the model that serves: "
            "0.2440 against 0.2500 on 40 cases."
        )
    ]


def test_a_champion_below_the_humble_rule_gives_way_to_it():
    verdict = judge(contest(flat(0.21), flat(0.25), flat(0.20)), OLD)
    assert verdict.serve is Serve.HUMBLE
    assert judge(contest(flat(0.20), flat(0.25), flat(0.20), OLD), OLD).serve == "humble"  # fmt: skip


def test_the_humble_rule_is_renewed_where_it_serves():
    verdict = judge(contest(flat(0.2), flat(0.2), flat(0.2)), HUMBLE)
    assert verdict.serve is Serve.HUMBLE
    assert verdict.reasons == [
        (
            "It is not clearly better than the simple rule: "
            "0.2000 against 0.2000 on 40 cases."
        )
    ]


def test_without_a_humble_recipe_nothing_serves_for_want_of_better():
    without = replace(contest(flat(0.2), flat(0.2)), humble_name=None)
    assert judge(without, None).serve is Serve.NOTHING_NEW


def test_a_failed_check_stops_everything():
    good = contest(
        flat(0.9), flat(0.1), flat(0.1),
        checks=[Check("coverage", 0.01, "It shows 1 % of the products.", False)],
    )  # fmt: skip
    verdict = judge(good, OLD, [Check("rows", 0.9, "Too few rows.", True)])
    assert verdict.serve is Serve.NOTHING_NEW
    assert verdict.reasons == ["It shows 1 % of the products."]
    assert judge(good, HUMBLE).serve is Serve.NOTHING_NEW
    assert judge(good, None).serve is Serve.HUMBLE


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (([], [], None), "There was nobody to judge it by."),
        ((flat(0.9), flat(0.1, 39), None), "The rivals were judged by different cases."),
        (([*flat(0.9), float("nan")], flat(0.1, 41), None), "Its quality is not a number."),
    ],
    ids=["empty", "unlike", "nan"],
)  # fmt: skip
def test_figures_that_are_none_change_nothing(broken, reason):
    verdict = judge(contest(*broken), OLD)
    assert (verdict.serve, verdict.reasons) == (Serve.NOTHING_NEW, [reason])


def test_a_few_cases_dethrone_nobody():
    verdict = judge(contest(flat(0.2, 2), flat(0.3, 2), flat(0.2, 2)), OLD)
    assert verdict.serve is Serve.CHAMPION_AGAIN
