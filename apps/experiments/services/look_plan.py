"""How many people a test was planned for, where nobody said so at its start.

Reckoned once, from how many come and from what they did before the test: nothing of what
the test has found goes into it, since a plan made from results would break the promise
that one may look every day (docs/experiment-statistics.md).
"""

from __future__ import annotations

from apps.experiments.models import Experiment, Unit
from apps.experiments.services.look_compare import FEWEST
from apps.experiments.services.reckon import Counted
from ml_models.experiments.power import people_needed
from ml_models.experiments.sums import NotEnoughError, Sums

# Of a holdout, which has no end: about a season.
SEASON = 91


def target_of(
    experiment: Experiment, counted: Counted, arms: tuple[int, list[int]], days: float
) -> float | None:
    """People in each of two equal groups; None while it is too early to say."""
    if experiment.target_people is not None:
        return experiment.target_people
    control, treatments = arms
    people = [counted.people[variant] for variant in (control, *treatments)]
    if days < 1 or sum(people) < FEWEST[experiment.unit][0] or min(people) < 2:  # type: ignore[index]
        return None
    fewest = min(2 / (1 / people[0] + 1 / some) for some in people[1:])
    # All products take part from the first day on; people and days go on coming.
    is_all = experiment.unit == Unit.PRODUCT
    expected = fewest if is_all else fewest * length_of(experiment) / days
    history = Sums.of_sums(0, 0, 0)
    for variant in (control, *treatments):
        sums = counted.of(experiment.metric, variant)
        history += Sums.of_sums(sums.count, sums.x, sums.xx)
    needed = needed_by(history, experiment.matters)
    return expected if needed is None else min(needed, expected)


def needed_by(history: Sums, matters: float) -> float | None:
    """None where nothing is known of before."""
    if history.mean <= 0:
        return None
    try:
        return people_needed(history, matters * history.mean)
    except NotEnoughError:
        return None


def length_of(experiment: Experiment) -> int:
    if experiment.phase > 1:
        return experiment.watch_days
    return SEASON if experiment.is_holdout else experiment.max_days
