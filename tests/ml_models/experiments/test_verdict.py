from __future__ import annotations

import pytest

from ml_models.experiments.sums import Sums
from ml_models.experiments.verdict import Answer, Plan, judge

PLAN = Plan(target=10_000, matters=0.02)
METRIC = "orders per visitor"


def verdict(before, after, people=10_000, plan=PLAN, **more):
    arms = Sums.of_rate(people, before), Sums.of_rate(people, after)
    return judge(*arms, plan, metric=METRIC, **more)


def test_it_says_better():
    found = verdict(1_000, 1_300)

    assert found.answer == Answer.BETTER
    assert found.sentence == (
        "Better: orders per visitor rose by 30.0 %;"
        " the truth lies between +15.4 % and +46.8 %."
    )


def test_it_says_worse():
    found = verdict(1_300, 1_000)

    assert found.answer == Answer.WORSE
    assert found.sentence.startswith("Worse: orders per visitor fell by 23.1 %;")


def test_fewer_refunds_are_better():
    refunds = Plan(target=10_000, higher_is_better=False)

    assert verdict(1_300, 1_000, plan=refunds).answer == Answer.BETTER
    assert verdict(1_000, 1_300, plan=refunds).answer == Answer.WORSE


def test_it_says_that_it_does_not_know_yet_and_until_when():
    found = verdict(1_000, 1_050, days_left=9)

    assert found.answer == Answer.NOT_KNOWN
    assert found.sentence == (
        "Not known yet: the change of orders per visitor lies"
        " between -7.5 % and +19.3 %. About 9 more days will tell."
    )


def test_one_day_is_no_days():
    assert verdict(1_000, 1_050, days_left=1).sentence.endswith(
        "About 1 more day will tell."
    )


def test_it_says_that_a_difference_is_too_small_to_matter():
    found = verdict(1_000_000, 1_001_000, people=10_000_000)

    assert found.answer == Answer.NO_DIFFERENCE
    assert found.sentence == (
        "No difference that matters: orders per visitor changed by less than 2 %."
    )


def test_a_sure_but_tiny_difference_does_not_matter():
    found = verdict(1_000_000, 1_008_000, people=10_000_000)

    assert found.effect.low > 0
    assert found.answer == Answer.NO_DIFFERENCE


def test_few_people_are_told_no_verdict():
    found = verdict(1, 40, people=60)

    assert found.answer == Answer.NOT_KNOWN
    assert found.effect.absolute == pytest.approx(39 / 60)
    assert found.sentence == (
        "Not known yet: the smaller group has 60 of 100 people needed."
    )


def test_few_orders_are_told_no_verdict():
    hasty = Plan(target=20, fewest_people=2, fewest_events=25)

    assert verdict(0, 20, people=200, plan=hasty).answer == Answer.NOT_KNOWN
    assert verdict(0, 49, people=200, plan=hasty).answer == Answer.NOT_KNOWN
    assert verdict(0, 50, people=200, plan=hasty).answer == Answer.BETTER


def test_a_small_holdout_where_nobody_bought_is_no_verdict():
    holdout, others = Sums.of_rate(100, 0), Sums.of_rate(1_900, 30)

    assert judge(holdout, others, PLAN, metric=METRIC).answer == Answer.NOT_KNOWN


def test_a_broken_checkout_is_a_verdict():
    assert verdict(1_000, 0).answer == Answer.WORSE


def test_one_large_order_is_no_verdict():
    control = Sums.of([0.0] * 300 + [10.0] * 20)
    treatment = Sums.of([0.0] * 290 + [10.0] * 29 + [100_000.0])

    found = judge(control, treatment, PLAN, metric="revenue per visitor")

    assert found.answer == Answer.NOT_KNOWN
    assert found.sentence.startswith("Not known yet: too little has happened")


@pytest.mark.parametrize("people", [0, 1, 500])
def test_before_anything_happened_nothing_is_known(people):
    found = verdict(0, 0, people=people)

    assert (found.answer, found.effect) == (Answer.NOT_KNOWN, None)


def test_what_was_known_before_sharpens_the_verdict():
    known = [float(n % 40) for n in range(4_000)]
    before = [n + 0.05 * (i % 7) for i, n in enumerate(known)]
    after = [n + 0.5 for n in before]
    plan = Plan(target=4_000)

    def answer(x):
        return judge(Sums.of(before, x), Sums.of(after, x), plan, metric=METRIC).answer

    assert answer(None) == Answer.NOT_KNOWN
    assert answer(known) == Answer.BETTER


def test_a_change_over_nothing_is_told_in_the_metrics_own_unit():
    control, treatment = Sums.of_stats(500, 0.01, 1), Sums.of_stats(500, 1.01, 1)

    found = judge(
        control,
        treatment,
        Plan(target=500, fewest_events=0),
        metric="margin per visitor",
    )

    assert found.sentence == (
        "Better: margin per visitor rose by 1; the truth lies between +0.808 and +1.19."
    )


def test_an_effect_of_too_few_is_told_apart_from_one_that_may_be_shown():
    assert verdict(1_000, 1_050).is_judged
    for few in (verdict(2, 60, people=99), verdict(2, 60, people=1_000)):
        assert (few.effect is not None, few.is_judged) == (True, False)


def test_years_are_not_told_in_days():
    control, treatment = Sums.of_rate(1000, 100), Sums.of_rate(1000, 105)
    said = [
        judge(control, treatment, Plan(target=1000), metric="buyers", days_left=days)
        for days in (1, 12, 730, 731)
    ]
    ends = [one.sentence.rsplit("%. ", 1)[1] for one in said]
    assert ends == [
        "About 1 more day will tell.", "About 12 more days will tell.",
        "About 730 more days will tell.", "At this rate it would take years to tell.",
    ]  # fmt: skip
