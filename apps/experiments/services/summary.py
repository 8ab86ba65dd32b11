"""What the last look said, beside each test, in the query that lists them."""

from __future__ import annotations

from django.db.models import F, Max, OuterRef, Subquery, Sum

from apps.accounts.models import Store
from apps.experiments.models import Reading
from apps.experiments.models.experiment import ExperimentQuerySet


def with_summary(store: Store, rows: ExperimentQuerySet) -> ExperimentQuerySet:
    """Adds `sentence`, `days_left` and `people`; None before the first look.

    Of several variants the one counts that the verdict is about, and of those the one
    that moved most.
    """
    readings = Reading.objects.of(store).filter(
        experiment=OuterRef("pk"), phase=OuterRef("phase"), metric=OuterRef("metric")
    )
    said = readings.filter(answer=OuterRef("verdict")).order_by(
        "-on", F("relative").desc(nulls_last=True), "pk"
    )
    everybody = Sum("people") + Max("control_people")
    counted = readings.values("on").annotate(all=everybody).order_by("-on")
    return rows.annotate(
        sentence=Subquery(said.values("sentence")[:1]),
        days_left=Subquery(said.values("days_left")[:1]),
        people=Subquery(counted.values("all")[:1]),
    )
