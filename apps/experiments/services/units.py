"""Products and stretches of time take part by themselves; no page exposes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import QuerySet

from apps.experiments.models import Experiment, Exposure, Unit
from apps.experiments.models.experiment import ASSIGNING
from apps.experiments.services.assign import (
    arm_for,
    period_start,
    period_unit,
    product_unit,
    takes_part,
)
from apps.experiments.services.running import Running, snapshot
from apps.shop.models import Product

AT_ONCE = 1_000
# A sweep that was away goes on where it ended; more than that is another time's work.
MOST_PERIODS = 5_000
Entry = tuple[str, datetime]


def add_due(experiment: Experiment, now: datetime) -> int:
    """Write down who of an experiment has no row yet; how many rows there are more."""
    if experiment.status not in ASSIGNING or experiment.phase_at is None:
        return 0
    if experiment.unit == Unit.PRODUCT:
        return add(experiment, new_products(experiment, now))
    if experiment.unit == Unit.PERIOD:
        return add(experiment, new_periods(experiment, now))
    return 0


def new_products(experiment: Experiment, now: datetime) -> Iterator[Entry]:
    taken = set(rows(experiment).values_list("unit", flat=True).iterator(10_000))
    products = Product.objects.of(experiment.store).live().values_list("pk", flat=True)
    for pk in products.iterator(10_000):
        if (unit := product_unit(pk)) not in taken:
            yield unit, now


def new_periods(experiment: Experiment, now: datetime) -> Iterator[Entry]:
    """Each stretch that has begun; the first begins with the phase."""
    began = experiment.phase_at
    if began is None:
        return
    length = timedelta(hours=experiment.period_hours)
    one = snapshot(experiment, ())
    last = rows(experiment).order_by("-at").values_list("at", flat=True).first()
    start = began if last is None else last + length
    if experiment.resumed_at and start < experiment.resumed_at:
        # In a pause everybody sees what was before: no stretch of it is compared.
        start = period_start(one, experiment.resumed_at) + length
    for _ in range(MOST_PERIODS):
        if start > now:
            return
        yield period_unit(one, start), start
        start += length


def drop_cut(experiment: Experiment, at: datetime) -> None:
    """A stretch that a pause cuts is neither one thing nor the other."""
    if experiment.unit == Unit.PERIOD:
        unit = period_unit(snapshot(experiment, ()), at)
        rows(experiment).filter(unit=unit).delete()


def rows(experiment: Experiment) -> QuerySet[Exposure]:
    return Exposure.objects.of(experiment.store).filter(
        experiment=experiment, phase=experiment.phase
    )


def add(experiment: Experiment, entries: Iterable[Entry]) -> int:
    one = snapshot(experiment, experiment.variants.all())
    found = (
        seat(experiment, one, unit, at)
        for unit, at in entries
        if takes_part(one, unit, {}, ())
    )
    count = 0
    while part := list(islice(found, AT_ONCE)):
        Exposure.objects.bulk_create(part, ignore_conflicts=True)
        count += len(part)
    return count


def seat(experiment: Experiment, one: Running, unit: str, at: datetime) -> Exposure:
    arm = arm_for(one, unit)
    return Exposure(
        store=experiment.store,
        experiment=experiment,
        variant_id=arm.pk,
        phase=experiment.phase,
        unit=unit,
        at=at,
        propensity=arm.chance,
    )
