"""How good what serves is: on days it had not seen, and in the shop itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import TruncDate

from apps.accounts.models import Store
from apps.decisions.models import Decision, Outcome
from apps.experiments.models import Experiment, Reading
from apps.recommendations.services.answer import DECISION
from apps.recommendations.services.answering.tested import HELD_OUT, SHELF
from apps.registry.models import ModelVersion

FAMILY = "recommendations."
# Versions on the chart.
MOST = 26


def kinds(store: Store) -> list[str]:
    """Of which something was trained."""
    found = ModelVersion.objects.of(store).filter(kind__startswith=FAMILY)
    return sorted(set(found.values_list("kind", flat=True)))


def history(store: Store, kind: str) -> list[ModelVersion]:
    """What was trained, the newest last."""
    found = ModelVersion.objects.of(store).filter(kind=kind)
    return list(found.order_by("-number")[:MOST])[::-1]


@dataclass(frozen=True)
class Served:
    """Shelves of one day, or filled in one way, and how many of them led to anything."""

    key: Any
    shelves: int
    clicked: int
    ordered: int


def by_day(store: Store, start: datetime, end: datetime) -> list[Served]:
    """Of shelves that somebody saw."""
    day = TruncDate("created_at", tzinfo=store.zone)
    return served(store, start, end, day, where=~Q(arm=HELD_OUT))


def by_arm(store: Store, start: datetime, end: datetime) -> list[Served]:
    """Shelves on which chance had a part, those left out on purpose, and the others."""
    return served(store, start, end, F("arm"))


def served(
    store: Store, start: datetime, end: datetime, key: Any, *, where: Q | None = None
) -> list[Served]:
    span = Q(kind=DECISION, created_at__gte=start, created_at__lt=end)
    rows = (
        Decision.objects.of(store)
        .filter(span, where or Q())
        .annotate(key=key)
        .order_by("key")
        .values("key")
        .annotate(
            shelves=Count("pk"),
            clicked=Count("pk", filter=led_to(store, Outcome.Kind.CLICK)),
            ordered=Count("pk", filter=led_to(store, Outcome.Kind.ORDER)),
        )
    )
    return [Served(**row) for row in rows]


def led_to(store: Store, kind: str) -> Exists:
    return Exists(
        Outcome.objects.of(store).filter(kind=kind, decision_id=OuterRef("pk"))
    )


def measured(store: Store) -> list[tuple[Experiment, Reading | None]]:
    """Holdouts that shelves are part of, with their newest look: the only figures that
    tell what would not have been without us."""
    holdouts = Experiment.objects.of(store).holdouts().in_force()
    ours = [
        one
        for one in holdouts.order_by("place", "pk")
        if one.place.partition(":")[0] in ("", SHELF)
    ]
    newest: dict[int, Reading] = {}
    for one in ours:
        readings = Reading.objects.of(store).filter(
            experiment=one, phase=one.phase, metric=one.metric
        )
        if last := readings.order_by("-on", "pk").first():
            newest[one.pk] = last
    return [(one, newest.get(one.pk)) for one in ours]
