"""What each flow is worth, also where few people come through it: flows lend each other
some strength (ml_models/experiments/pooling.py)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from apps.accounts.models import Store
from apps.experiments.models import Experiment, Reading, Status
from apps.experiments.services.look_compare import error_of_lift
from ml_models.experiments.cuped import compare_adjusted
from ml_models.experiments.pooling import pool
from ml_models.experiments.sums import NotEnoughError, Sums

# Below, a share of hardly anything is no lift.
FEWEST_PEOPLE, FEWEST_EVENTS = 20, 5
COUNTED = (Status.RUNNING, Status.PAUSED)
Lift = tuple[Reading, float, float]


def pool_lifts(store: Store) -> int:
    """Write pooled lifts beside the newest readings of the store's holdouts; how many.

    Those of one place each: the holdout of everything is made of the same people.
    """
    holdouts = Experiment.objects.of(store).holdouts().filter(status__in=COUNTED)
    by_metric: dict[str, list[Lift]] = defaultdict(list)
    for holdout in narrowest(list(holdouts.exclude(place="").order_by("pk"))):
        if lift := lift_of(holdout):
            by_metric[holdout.metric].append(lift)
    pooled = [found for lifts in by_metric.values() for found in together(lifts)]
    fields = ["pooled_lift", "pooled_low", "pooled_high"]
    Reading.objects.of(store).bulk_update(pooled, fields)
    return len(pooled)


def narrowest(holdouts: Sequence[Experiment]) -> list[Experiment]:
    """Those that no other one lies in: the same people would be counted twice."""
    return [
        one
        for one in holdouts
        if not any(other.place.startswith(f"{one.place}:") for other in holdouts)
    ]


def lift_of(holdout: Experiment) -> Lift | None:
    """The newest reading with its relative lift and standard error."""
    readings = Reading.objects.of(holdout.store).filter(
        experiment=holdout, phase=holdout.phase, metric=holdout.metric
    )
    reading = readings.order_by("-on", "pk").first()
    if reading is None or any(f["code"] == "sample_ratio" for f in holdout.flags):
        return None
    control, treatment = Sums(**reading.control_sums), Sums(**reading.sums)
    if control.count < FEWEST_PEOPLE or control.events < FEWEST_EVENTS:
        return None
    try:
        adjusted = compare_adjusted(control, treatment)
    except NotEnoughError:
        return None
    error = error_of_lift(adjusted)
    if error is None:
        return None
    found = adjusted.difference
    return reading, found.absolute / found.control_mean, error


def together(lifts: Sequence[Lift]) -> list[Reading]:
    """One flow alone has nobody to lend it anything."""
    if len(lifts) < 2:
        return []
    pooled = pool([lift for _, lift, _ in lifts], [error for *_, error in lifts])
    for (reading, *_), flow in zip(lifts, pooled.flows, strict=True):
        reading.pooled_lift = flow.lift
        reading.pooled_low, reading.pooled_high = flow.low, flow.high
    return [reading for reading, *_ in lifts]
