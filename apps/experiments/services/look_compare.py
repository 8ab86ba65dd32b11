"""One variant against the control, by one metric: how large, how sure, and so what."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from apps.experiments.models import Experiment, Metric, Unit
from apps.experiments.services.reckon import LOWER_IS_BETTER, shares_move
from ml_models.experiments.bayes import Belief, believe, believe_rates
from ml_models.experiments.cuped import Adjusted, compare_adjusted
from ml_models.experiments.many import benjamini_hochberg, holm
from ml_models.experiments.power import days_to_go
from ml_models.experiments.sums import NotEnoughError, Sums
from ml_models.experiments.verdict import Answer, Plan, Verdict, judge

ALPHA = 0.05
WORDS = {
    Metric.BUYERS: "the share of {units} with an order",
    Metric.ORDERS: "orders per {unit}",
    Metric.REVENUE: "revenue per {unit}",
    Metric.MARGIN: "margin per {unit}",
    Metric.ORDER_VALUE: "the value of an order",
    Metric.REFUND_SHARE: "the share of revenue sent back",
}
UNITS = {
    Unit.PERSON: ("person", "people"),
    Unit.PRODUCT: ("product", "products"),
    Unit.PERIOD: ("stretch of time", "stretches of time"),
}
# No verdict before each group has so many, and would have so many events.
FEWEST = {Unit.PERSON: (100, 50.0), Unit.PRODUCT: (50, 50.0), Unit.PERIOD: (14, 7.0)}
# Days to go beyond which the figure says nothing but "long".
LONG = 9_999
TOO_EARLY = "Not known yet: the groups are compared once a day has passed and {need} {units} took part."
MOVED = (
    "No verdict: more people were moved to what works better while it ran, so that the "
    "groups differ. The chance beside it says what is likely."
)
UNBELIEVED = "No verdict: the groups are not of the sizes that were set, so nothing is concluded."
TOO_MANY = "Not known yet: {metric} differs, but not surely enough for so many comparisons at once."


@dataclass(frozen=True)
class Found:
    variant: int
    metric: str
    control: Sums
    treatment: Sums
    verdict: Verdict
    adjusted: Adjusted | None = None
    belief: Belief | None = None
    days_left: int | None = None
    # Corrected for how many comparisons were made.
    p_value: float | None = None

    @property
    def answer(self) -> Answer:
        return self.verdict.answer


def compare(
    experiment: Experiment,
    metric: str,
    variant: int,
    arms: tuple[Sums, Sums],
    days: float,
) -> Found:
    """arms: the control's sums and the variant's."""
    control, treatment = arms
    try:
        adjusted = compare_adjusted(control, treatment)
    except NotEnoughError:
        return Found(variant, metric, control, treatment, nothing_yet(experiment))
    found = Found(
        variant, metric, control, treatment, nothing_yet(experiment), adjusted,
        belief_of(control, treatment, adjusted),
    )  # fmt: skip
    if shares_move(experiment):
        return replace(found, verdict=Verdict(Answer.NOT_KNOWN, MOVED, None))
    if experiment.target_people is None:
        return found
    left = days_left(experiment, adjusted, days)
    verdict = judge(
        *(control, treatment, plan_for(experiment, metric)),
        metric=in_words(experiment, metric),
        days_left=left,
    )
    p_value = verdict.effect.p_value if verdict.effect else None
    return replace(found, verdict=verdict, days_left=left, p_value=p_value)


def plan_for(experiment: Experiment, metric: str) -> Plan:
    people, events = FEWEST[Unit(experiment.unit)]
    return Plan(
        target=experiment.target_people or 1.0,
        matters=experiment.matters,
        fewest_people=people,
        # Margins may be negative: they are no events.
        fewest_events=0 if metric == Metric.MARGIN else events,
        alpha=ALPHA,
        higher_is_better=metric not in LOWER_IS_BETTER,
    )


def nothing_yet(experiment: Experiment) -> Verdict:
    unit = Unit(experiment.unit)
    text = TOO_EARLY.format(need=FEWEST[unit][0], units=UNITS[unit][1])
    return Verdict(Answer.NOT_KNOWN, text, None)


def belief_of(control: Sums, treatment: Sums, adjusted: Adjusted) -> Belief:
    """A rate of whom nothing was known before is believed as a rate."""
    arms = (control, treatment)
    is_rate = all(arm.yy == arm.y and arm.d == arm.count for arm in arms)
    if is_rate and not any(arm.xx for arm in arms):
        return believe_rates(control, treatment)
    return believe(adjusted.difference)


def days_left(experiment: Experiment, adjusted: Adjusted, days: float) -> int | None:
    smallest = experiment.matters * abs(adjusted.difference.control_mean)
    if experiment.unit == Unit.PRODUCT:
        # No more of them come: more days make each of them surer, by nobody knows how much.
        return None
    if days <= 0 or smallest <= 0 or experiment.target_people is None:
        return None
    target = experiment.target_people
    left = days_to_go(adjusted.difference, smallest, target, days, alpha=ALPHA)
    return min(left, LONG)


def in_words(experiment: Experiment, metric: str) -> str:
    unit, units = UNITS[Unit(experiment.unit)]
    return WORDS[Metric(metric)].format(unit=unit, units=units)


def correct(
    experiment: Experiment, found: Sequence[Found], primary: str
) -> list[Found]:
    """The more comparisons, the more chance claims: the deciding metric over all
    variants by Holm, the guards as a list to look through by Benjamini and Hochberg."""
    deciding = [one for one in found if one.metric == primary]
    guards = [one for one in found if one.metric != primary]
    return [
        *corrected(experiment, deciding, holm([chance(one) for one in deciding])),
        *corrected(
            experiment, guards, benjamini_hochberg([chance(one) for one in guards])
        ),
    ]


def chance(found: Found) -> float:
    # A little above 1 would be refused.
    return 1.0 if found.p_value is None else min(found.p_value, 1.0)


def corrected(
    experiment: Experiment, found: Iterable[Found], chances: Iterable[float]
) -> list[Found]:
    return [
        overruled(experiment, one, float(now)) if one.p_value is not None else one
        for one, now in zip(found, chances, strict=True)
    ]


def overruled(experiment: Experiment, found: Found, p_value: float) -> Found:
    found = replace(found, p_value=p_value)
    claims = found.answer in (Answer.BETTER, Answer.WORSE)
    if not claims or p_value < ALPHA:
        return found
    words = in_words(experiment, found.metric)
    told = TOO_MANY.format(metric=words)
    # The interval holds all the same; only the claim does not.
    verdict = replace(found.verdict, answer=Answer.NOT_KNOWN, sentence=told)
    return replace(found, verdict=verdict)


def disbelieved(found: Found) -> Found:
    """Where people are missing, no figure is a reason for anything."""
    return replace(found, verdict=unknown(found, UNBELIEVED), days_left=None)


def unknown(found: Found, sentence: str) -> Verdict:
    return Verdict(Answer.NOT_KNOWN, sentence, found.verdict.effect)


def error_of_lift(adjusted: Adjusted) -> float | None:
    """The standard error of the relative lift, by the delta method."""
    found = adjusted.difference
    if found.control_mean <= 0:
        return None
    lift = found.absolute / found.control_mean
    square = found.variance - 2 * lift * found.covariance
    square += lift * lift * found.control_variance
    return math.sqrt(square) / found.control_mean if square > 0 else None
