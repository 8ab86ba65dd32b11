"""Better, worse, no difference that matters, or not known yet; in words for merchants."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ml_models.experiments.cuped import compare_adjusted
from ml_models.experiments.effect import Effect
from ml_models.experiments.sequential import measure_always
from ml_models.experiments.sums import NotEnoughError, Sums


class Answer(StrEnum):
    """`better` means good for the shop, also where that is fewer refunds."""

    BETTER = "better"
    WORSE = "worse"
    NO_DIFFERENCE = "no_difference"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True)
class Plan:
    """What was set before the test began.

    `target`: people in each of two equal arms (power.people_needed). `matters`: relative
    effects below it change no decision. No verdict before each arm has `fewest_people`,
    and would have `fewest_events` if it were like the other: below, a single large order
    decides, or a small holdout that nobody happened to buy in.
    """

    target: float
    matters: float = 0.01
    fewest_people: int = 100
    fewest_events: float = 50
    alpha: float = 0.05
    higher_is_better: bool = True


@dataclass(frozen=True)
class Verdict:
    """`effect` is None while nothing can be compared; a figure to show only once the
    groups were large enough to be judged."""

    answer: Answer
    sentence: str
    effect: Effect | None
    is_judged: bool = False


def judge(
    control: Sums,
    treatment: Sums,
    plan: Plan,
    *,
    metric: str,
    days_left: int | None = None,
) -> Verdict:
    """`metric` as it stands in a sentence: "orders per visitor". Asked as often as one likes."""
    try:
        adjusted = compare_adjusted(control, treatment)
    except NotEnoughError:
        return Verdict(Answer.NOT_KNOWN, too_early(control, treatment, plan), None)
    effect = measure_always(adjusted.difference, plan.target, plan.alpha)
    if lacks_people(control, treatment, plan) or lacks_events(control, treatment, plan):
        return Verdict(Answer.NOT_KNOWN, too_early(control, treatment, plan), effect)
    answer = decide(effect, plan)
    said = tell(answer, effect, plan, metric, days_left)
    return Verdict(answer, said, effect, is_judged=True)


def decide(effect: Effect, plan: Plan) -> Answer:
    """From an interval that is right however often it is looked at."""
    if effect.relative_low is not None and effect.relative_high is not None:
        if -plan.matters < effect.relative_low and effect.relative_high < plan.matters:
            return Answer.NO_DIFFERENCE
    if effect.low <= 0 <= effect.high:
        return Answer.NOT_KNOWN
    has_risen = effect.low > 0
    return Answer.BETTER if has_risen == plan.higher_is_better else Answer.WORSE


def tell(
    answer: Answer, effect: Effect, plan: Plan, metric: str, days_left: int | None
) -> str:
    change, low, high = in_words(effect)
    if answer == Answer.NO_DIFFERENCE:
        limit = f"{100 * plan.matters:g} %"
        return f"No difference that matters: {metric} changed by less than {limit}."
    if answer == Answer.NOT_KNOWN:
        text = f"Not known yet: the change of {metric} lies between {low} and {high}."
        return text if not days_left else f"{text} {wait(days_left)}"
    said = "Better" if answer == Answer.BETTER else "Worse"
    moved = "rose" if effect.absolute > 0 else "fell"
    return f"{said}: {metric} {moved} by {change}; the truth lies between {low} and {high}."


# Beyond, a number of days is no plan.
YEARS = 730


def wait(days: int) -> str:
    if days > YEARS:
        return "At this rate it would take years to tell."
    return f"About {days} more day{'' if days == 1 else 's'} will tell."


def in_words(effect: Effect) -> tuple[str, str, str]:
    """How much without a sign, and from where to where with one."""
    shares = (effect.relative, effect.relative_low, effect.relative_high)
    change, low, high = (None if share is None else 100 * share for share in shares)
    if change is None or low is None or high is None:
        return (
            f"{abs(effect.absolute):.3g}",
            f"{effect.low:+.3g}",
            f"{effect.high:+.3g}",
        )
    return f"{abs(change):.1f} %", f"{low:+.1f} %", f"{high:+.1f} %"


def too_early(control: Sums, treatment: Sums, plan: Plan) -> str:
    if lacks_people(control, treatment, plan):
        has, needs = min(control.count, treatment.count), plan.fewest_people
        return f"Not known yet: the smaller group has {has} of {needs} people needed."
    return "Not known yet: too little has happened to compare the groups."


def lacks_people(control: Sums, treatment: Sums, plan: Plan) -> bool:
    return min(control.count, treatment.count) < plan.fewest_people


def lacks_events(control: Sums, treatment: Sums, plan: Plan) -> bool:
    both = control + treatment
    smaller = min(control.count, treatment.count) / both.count
    return both.events * smaller < plan.fewest_events
