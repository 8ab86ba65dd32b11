"""Why the figures of a test may mislead, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypedDict

from apps.experiments.models import Experiment, Status, Unit
from apps.experiments.services.look_compare import Found
from apps.experiments.services.reckon import Counted, shares_move
from apps.experiments.services.running import Arm
from ml_models.experiments.sample_ratio import SampleRatio, check_ratio
from ml_models.experiments.verdict import Answer

QUIET = timedelta(days=2)
DAY_SECONDS = 86_400
# Before that, people a day are a guess.
STEADY = 3


class Flag(TypedDict):
    code: str
    text: str


def ratio_of(
    experiment: Experiment, arms: Sequence[Arm], counted: Counted
) -> SampleRatio | None:
    """None where shares moved while it ran: nothing was promised."""
    if shares_move(experiment) or len(arms) < 2:
        return None
    people = [counted.people[arm.pk] for arm in arms]
    return check_ratio(people, [arm.chance for arm in arms])


def flags_of(
    experiment: Experiment,
    counted: Counted,
    ratio: SampleRatio | None,
    found: Iterable[Found],
    at: datetime,
) -> list[Flag]:
    flags = [*of_counts(counted), *of_quiet(experiment, counted, at)]
    if still := experiment.paused_seconds // DAY_SECONDS:
        flags.append(of_pause(still))
    if ratio and ratio.is_alarming:
        flags.insert(0, of_ratio(ratio))
    return [*flags, *of_found(experiment, list(found), at)]


def of_ratio(ratio: SampleRatio) -> Flag:
    seen = ", ".join(f"{100 * share:.1f} %" for share in ratio.shares)
    set_ = ", ".join(f"{100 * share:.1f} %" for share in ratio.expected)
    text = f"The groups are not of the sizes that were set: {seen} instead of {set_}."
    return Flag(
        code="sample_ratio",
        text=f"{text} Some people are missing, and not by chance: nothing is concluded.",
    )


def of_pause(days: int) -> Flag:
    told = times(days, "day", "days")
    text = f"It was paused for {told}. What people bought meanwhile counts, though all saw the same: the difference looks smaller than it is."
    return Flag(code="paused", text=text)


def of_counts(counted: Counted) -> Iterable[Flag]:
    if counted.mixed:
        text = f"{times(counted.mixed, 'person', 'people')} saw two variants, as on two devices, and counts for the first."
        if counted.mixed > 1:
            text = text.replace("counts", "count")
        yield Flag(code="mixed", text=text)
    if counted.other_currency:
        told = times(counted.other_currency, "order", "orders")
        yield Flag(
            code="other_currency", text=f"Left out, being in another currency: {told}."
        )
    if counted.cost_unknown:
        told = times(counted.cost_unknown, "sale", "sales")
        yield Flag(
            code="cost_unknown",
            text=f"Left out of the margin, since a cost is unknown: {told}.",
        )


def of_quiet(experiment: Experiment, counted: Counted, at: datetime) -> Iterable[Flag]:
    began = experiment.phase_at
    is_waiting = experiment.status in (Status.RUNNING, Status.WATCHING)
    if experiment.unit != Unit.PERSON or began is None or not is_waiting:
        return
    if at - max(counted.last_at or began, began) >= QUIET:
        yield Flag(
            code="no_exposures",
            text="Nobody has taken part for two days: is what it tests still shown?",
        )


def of_found(
    experiment: Experiment, found: Sequence[Found], at: datetime
) -> Iterable[Flag]:
    deciding = [one for one in found if one.metric == experiment.metric]
    lefts = [one.days_left for one in deciding if one.answer == Answer.NOT_KNOWN]
    left = max((days for days in lefts if days is not None), default=0)
    days = int(experiment.days_in(at))
    is_test = experiment.status == Status.RUNNING and not experiment.is_holdout
    if is_test and days >= STEADY and days + left > experiment.max_days:
        yield Flag(
            code="too_small",
            text=f"At this rate the answer takes about {left} more days, longer than the {experiment.max_days} days that were set.",
        )
    for one in found:
        if one.metric != experiment.metric and one.answer == Answer.WORSE:
            yield Flag(code="guard_worse", text=one.verdict.sentence)


def times(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
