"""How often shelves of a kind were clicked, by day: what the watch compares with."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncDate

from apps.accounts.models import Store
from apps.decisions.models import Decision, Outcome
from apps.recommendations.services.answer import DECISION
from apps.registry.services.brain import Trials


def trials(store: Store, shelf: str, since: datetime, until: datetime) -> list[Trials]:
    """Of each day (UTC): answers that showed anything, and those that were clicked."""
    served = Decision.objects.of(store).filter(
        kind=DECISION,
        chosen__kind=shelf,
        created_at__gte=since,
        created_at__lt=until,
        candidate_count__gt=0,
    )
    clicks = Outcome.objects.of(store).filter(
        decision_id=OuterRef("pk"), kind=Outcome.Kind.CLICK
    )
    days = (
        served.annotate(day=TruncDate("created_at"), is_hit=Exists(clicks))
        .values("day")
        .annotate(tries=Count("pk"), hits=Count("pk", filter=Q(is_hit=True)))
        .order_by("day")
    )
    return [Trials(row["day"], row["tries"], row["hits"]) for row in days]
