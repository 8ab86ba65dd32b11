"""One look at one experiment: counted anew, compared, and written down for its day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.experiments.models import Experiment, Reading, Unit
from apps.experiments.services.keep import is_closed
from apps.experiments.services.look_compare import (
    Found,
    compare,
    correct,
    disbelieved,
)
from apps.experiments.services.look_flags import Flag, flags_of, ratio_of
from apps.experiments.services.look_plan import target_of
from apps.experiments.services.reckon import LOWER_IS_BETTER, Counted
from apps.experiments.services.reckon_people import count_people
from apps.experiments.services.reckon_units import count_periods, count_products
from apps.experiments.services.running import Arm, snapshot
from ml_models.experiments.sums import NotEnoughError, Sums
from ml_models.experiments.verdict import Answer

COUNTERS = {
    Unit.PERSON: count_people,
    Unit.PRODUCT: count_products,
    Unit.PERIOD: count_periods,
}


def look(experiment: Experiment, at: datetime) -> list[Reading]:
    """Everything up to the moment, or to the experiment's end. The same moment and the
    same rows give the same readings; a refund that came since gives newer ones. Of what is
    closed the last ones stand."""
    if experiment.phase_at is None or is_closed(experiment, at):
        return []
    until = min(at, experiment.ended_at or at)
    arms = arms_of(experiment)
    counted = COUNTERS[Unit(experiment.unit)](experiment, metrics_of(experiment), until)
    days = experiment.days_in(until)
    control, treatments = arms[0].pk, [arm.pk for arm in arms[1:]]
    experiment.target_people = target_of(
        experiment, counted, (control, treatments), days
    )
    ratio = ratio_of(experiment, arms, counted)
    found = compare_all(experiment, counted, arms, days)
    if ratio and ratio.is_alarming:
        found = [disbelieved(one) for one in found]
    flags = flags_of(experiment, counted, ratio, found, until)
    with transaction.atomic():
        readings = write(experiment, found, counted, (until, at))
        settle(experiment, verdict_of(experiment, found), flags, at)
    return readings


def metrics_of(experiment: Experiment) -> list[str]:
    """The deciding one first."""
    return list(dict.fromkeys([experiment.metric, *experiment.guards]))


def arms_of(experiment: Experiment) -> list[Arm]:
    """Those that people are given in this phase, the control first."""
    arms = snapshot(experiment, experiment.variants.all()).arms
    return sorted(
        (arm for arm in arms if arm.chance > 0), key=lambda arm: not arm.is_control
    )


def compare_all(
    experiment: Experiment, counted: Counted, arms: Sequence[Arm], days: float
) -> list[Found]:
    found = [
        compare(
            *(experiment, metric, arm.pk),
            (counted.of(metric, arms[0].pk), counted.of(metric, arm.pk)),
            days,
        )
        for metric in metrics_of(experiment)
        for arm in arms[1:]
    ]
    return correct(experiment, found, experiment.metric)


def verdict_of(experiment: Experiment, found: Sequence[Found]) -> Answer:
    """Of all variants: better where one is; worse or alike only where that is known of
    each."""
    answers = {one.answer for one in found if one.metric == experiment.metric}
    if Answer.BETTER in answers:
        return Answer.BETTER
    if Answer.NOT_KNOWN in answers or not answers:
        return Answer.NOT_KNOWN
    return Answer.WORSE if answers == {Answer.WORSE} else Answer.NO_DIFFERENCE


def write(
    experiment: Experiment,
    found: Sequence[Found],
    counted: Counted,
    moments: tuple[datetime, datetime],
) -> list[Reading]:
    """moments: up to when it counts, and of the look."""
    until, at = moments
    control = arms_of(experiment)[0].pk
    day = until.astimezone(experiment.store.zone).date()
    readings = []
    for one in found:
        reading, _ = Reading.objects.of(experiment.store).update_or_create(
            store=experiment.store,
            experiment=experiment,
            phase=experiment.phase,
            variant_id=one.variant,
            metric=one.metric,
            on=day,
            defaults={
                **figures(one),
                "control_people": counted.people[control],
                "people": counted.people[one.variant],
                "computed_at": at,
            },
        )
        readings.append(reading)
    return readings


def figures(found: Found) -> dict[str, Any]:
    effect, belief = found.verdict.effect, found.belief
    is_turned = found.metric in LOWER_IS_BETTER
    return {
        "control_sums": asdict(found.control),
        "sums": asdict(found.treatment),
        "control_mean": mean(found.control),
        "mean": mean(found.treatment),
        "absolute": effect and effect.absolute,
        "low": effect and effect.low,
        "high": effect and effect.high,
        "relative": effect and effect.relative,
        "relative_low": effect and effect.relative_low,
        "relative_high": effect and effect.relative_high,
        "p_value": found.p_value,
        "chance_better": belief and (1 - belief.better if is_turned else belief.better),
        "expected_loss": belief
        and (belief.loss_of_staying if is_turned else belief.loss),
        "variance_left": found.adjusted and found.adjusted.variance_left,
        "is_judged": found.verdict.is_judged,
        "answer": found.answer.value,
        "sentence": found.verdict.sentence,
        "days_left": found.days_left,
    }


def mean(sums: Sums) -> float | None:
    try:
        return sums.mean
    except NotEnoughError:
        return None


def settle(
    experiment: Experiment, verdict: Answer, flags: Sequence[Flag], at: datetime
) -> None:
    """What the newest look said; one of a day past changes nothing of it."""
    last = experiment.looked_at
    if last and at < last:
        return
    has_ended = experiment.ended_at is not None
    looks = experiment.same_looks if has_ended else looks_alike(experiment, verdict, at)
    changes = {
        "verdict": verdict.value,
        "same_looks": looks,
        "flags": list(flags),
        "looked_at": at,
        "target_people": experiment.target_people,
    }
    rows = Experiment.objects.of(experiment.store)
    rows.filter(pk=experiment.pk, phase=experiment.phase).update(**changes)
    for name, value in changes.items():
        setattr(experiment, name, value)


def looks_alike(experiment: Experiment, verdict: Answer, at: datetime) -> int:
    """How many days in a row said so: two looks on one day are one, since figures that
    come late mislead both."""
    last = experiment.looked_at
    if verdict != experiment.verdict or last is None:
        return 1
    zone = experiment.store.zone
    is_new_day = last.astimezone(zone).date() < at.astimezone(zone).date()
    return experiment.same_looks + is_new_day
