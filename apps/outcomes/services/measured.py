"""The one figure that is measured: what shelves add, by people who saw none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q

from apps.accounts.models import Store
from apps.experiments.models import Experiment, Kind, Metric, Reading
from apps.experiments.models.experiment import IN_FORCE
from apps.outcomes.models import Rule
from apps.outcomes.services.figures import PICKS, Table

# Where our shelves stand, from the holdout of shelves alone to the one of everything.
PLACES = ("shelf", "")
METRICS = {"revenue": Metric.REVENUE, "margin": Metric.MARGIN}
# What was measured tells of today for so long after nobody is left alone any more.
HOLDS = timedelta(days=90)


@dataclass(frozen=True)
class Measured:
    """Shares of what was sold that would not have been without shelves."""

    on: date
    share: float
    low: float
    high: float
    # Of all that we do, where shelves alone were not measured.
    is_all: bool

    def amounts(self, total: Decimal) -> tuple[Decimal, Decimal, Decimal]:
        """Of a period like the days that were measured."""
        return (
            total * Decimal(str(self.share)),
            total * Decimal(str(self.low)),
            total * Decimal(str(self.high)),
        )


def measured(store: Store, measure: str, today: date) -> Measured | None:
    """The latest look at a holdout that could be judged; None while nothing is known."""
    rows = Reading.objects.of(store).filter(
        Q(experiment__status__in=IN_FORCE) | Q(on__gte=today - HOLDS),
        experiment__kind=Kind.HOLDOUT,
        experiment__place__in=PLACES,
        metric=METRICS[measure],
        is_judged=True,
        relative__isnull=False,
        relative_low__isnull=False,
        relative_high__isnull=False,
    )
    found = {row.experiment.place: row
             for row in rows.select_related("experiment").order_by("on", "phase", "pk")
             if not misses_people(row.experiment)}  # fmt: skip
    row = next((found[place] for place in PLACES if place in found), None)
    if row is None:
        return None
    return Measured(
        row.on,
        of_all(row.relative),
        of_all(row.relative_low),
        of_all(row.relative_high),
        row.experiment.place == "",
    )


def misses_people(holdout: Experiment) -> bool:
    """Known by now, so looks before it knew are not believed either."""
    return any(flag["code"] == "sample_ratio" for flag in holdout.flags)


def of_all(lift: float | None) -> float:
    """A lift over people left alone, as a share of what the others bought: +25 % is one
    fifth of it. Shelves that do nothing but harm: no less than -100 %."""
    lift = max(lift or 0.0, -0.5)
    return lift / (1 + lift)


def too_generous(found: Table, truth: Measured, measure: str) -> list[Rule]:
    """Rules that give our shelves more than was measured at most."""
    most = Decimal(str(truth.high))
    return [
        rule
        for rule in Rule
        if (share := found.share(PICKS, rule, measure)) is not None and share > most
    ]
