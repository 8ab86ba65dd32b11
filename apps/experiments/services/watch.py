"""What follows from a look: stop, show the winner, take it back, or wait.

Nothing follows from a single look: figures that come late from one group leap by several
standard errors and are gone at the next (docs/experiment-statistics.md, ASOS).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from apps.experiments.models import Experiment, Policy, Reading, Status, Unit
from apps.experiments.services import life
from apps.experiments.services.look_compare import FEWEST
from ml_models.experiments.verdict import Answer

# Days in a row that must say the same.
LOOKS = 2


def decide(
    experiment: Experiment, readings: Sequence[Reading], at: datetime
) -> Experiment:
    """`readings` are those of the newest look."""
    if experiment.is_holdout:
        return experiment
    if experiment.status == Status.RUNNING:
        return decide_test(experiment, readings, at)
    if experiment.status == Status.WATCHING:
        return decide_watch(experiment, readings, at)
    return experiment


def decide_test(
    experiment: Experiment, readings: Sequence[Reading], at: datetime
) -> Experiment:
    if is_sure(experiment, at):
        if experiment.verdict == Answer.BETTER:
            winner = winner_of(experiment, readings)
            if winner and experiment.applies_winner:
                return life.apply_winner(experiment, at, winner=winner.variant)
        elif experiment.verdict != Answer.NOT_KNOWN:
            return life.stop(experiment, at, why=said(experiment, readings))
    if days_of(experiment, at) >= experiment.max_days:
        return life.stop(experiment, at, why="The longest time that was set is over.")
    return experiment


def is_sure(experiment: Experiment, at: datetime) -> bool:
    """Whole days are over, people are not missing, and two days said the same."""
    return (
        experiment.policy == Policy.FIXED
        and days_of(experiment, at) >= experiment.min_days
        and experiment.same_looks >= LOOKS
        and not is_alarmed(experiment)
    )


def winner_of(experiment: Experiment, readings: Sequence[Reading]) -> Reading | None:
    """The best of those that are better for two days and made no guard worse."""
    better = [
        one
        for one in readings
        if one.metric == experiment.metric
        and one.answer == Answer.BETTER
        and is_said_again(one)
        and not makes_worse(one, readings)
    ]
    return max(better, key=gain, default=None)


def gain(reading: Reading) -> float:
    return abs(reading.absolute or 0.0)


def makes_worse(winner: Reading, readings: Sequence[Reading]) -> bool:
    return any(
        one.variant_id == winner.variant_id and one.answer == Answer.WORSE
        for one in readings
    )


def decide_watch(
    experiment: Experiment, readings: Sequence[Reading], at: datetime
) -> Experiment:
    if is_alarmed(experiment):
        return experiment
    for one in readings:
        if one.answer == Answer.WORSE and is_said_again(one):
            return life.take_back(experiment, at, why=one.sentence)
    if days_of(experiment, at) >= experiment.watch_days and saw_enough(readings):
        return life.keep(experiment, at)
    return experiment


def saw_enough(readings: Sequence[Reading]) -> bool:
    """Of a handful in a group nothing is found worse, whatever it is."""
    fewest = FEWEST[Unit(readings[0].experiment.unit)][0] if readings else 1
    return all(min(one.people, one.control_people) >= fewest for one in readings)


def is_said_again(reading: Reading) -> bool:
    """The look of the last day before this one said so, too."""
    earlier = Reading.objects.of(reading.store).filter(
        experiment_id=reading.experiment_id,
        phase=reading.phase,
        variant_id=reading.variant_id,
        metric=reading.metric,
        on__lt=reading.on,
    )
    last = earlier.order_by("-on").first()
    return last is not None and last.answer == reading.answer


def is_alarmed(experiment: Experiment) -> bool:
    return any(flag["code"] == "sample_ratio" for flag in experiment.flags)


def days_of(experiment: Experiment, at: datetime) -> int:
    """Whole days of the phase, without pauses."""
    return int(experiment.days_in(at))


def said(experiment: Experiment, readings: Sequence[Reading]) -> str:
    deciding = [one for one in readings if one.metric == experiment.metric]
    return " ".join(one.sentence for one in deciding)
