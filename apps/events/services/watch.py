"""How far the figures are behind, for the machine's own watch."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import Min, Sum

from apps.events.models import EventBatch

MINUTE = timedelta(minutes=1)


def gauges(at: datetime) -> dict[str, tuple[str, float]]:
    """By name of the gauge: what it says, and the value. Nothing where the database is
    away: that is told elsewhere."""
    try:
        return asked(at)
    except DatabaseError:
        return {}


def asked(at: datetime) -> dict[str, tuple[str, float]]:
    waiting = EventBatch.objects.waiting()
    refused = EventBatch.objects.filter(rolled_at=None, refused_at__isnull=False)
    since = waiting.aggregate(first=Min("received_at"))["first"]
    lately = EventBatch.objects.filter(received_at__gt=at - MINUTE)
    count = lately.aggregate(n=Sum("count"))["n"] or 0
    return {
        "luxebrain_rollups_behind_seconds": (
            "How long the oldest event waits to be counted",
            max((at - since).total_seconds(), 0.0) if since else 0.0,
        ),
        "luxebrain_events_refused_batches": (
            "Heaps of events that cannot be counted, and were set aside",
            float(refused.count()),
        ),
        "luxebrain_events_per_second": (
            "Events taken in, of the last minute",
            count / MINUTE.total_seconds(),
        ),
    }
