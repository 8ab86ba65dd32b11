"""The one figure that is measured: what shelves add, by people who saw none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.accounts.models import Store
from apps.experiments.models import Kind, Metric, Reading
from apps.outcomes.models import Rule
from apps.outcomes.services.figures import PICKS, Table

# Where our shelves stand, from the holdout of shelves alone to the one of everything.
PLACES = ("shelf", "")
METRICS = {"revenue": Metric.REVENUE, "margin": Metric.MARGIN}


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


def measured(store: Store, measure: str) -> Measured | None:
    """The latest look at a holdout; None while nothing is known."""
    rows = Reading.objects.of(store).filter(
        experiment__kind=Kind.HOLDOUT,
        experiment__place__in=PLACES,
        metric=METRICS[measure],
        relative__isnull=False,
        relative_low__isnull=False,
        relative_high__isnull=False,
    )
    found = {row.experiment.place: row
             for row in rows.select_related("experiment").order_by("on", "phase", "pk")}  # fmt: skip
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
