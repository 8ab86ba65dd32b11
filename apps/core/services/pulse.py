"""Pulses through every queue, so that a stuck worker is seen."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q

from apps.core.models import Heartbeat

# An unanswered pulse is given up after this, so a dead worker gathers no pile.
PATIENCE = timedelta(minutes=10)


def due(queue: str, at: datetime) -> bool:
    """Claim the next pulse of a queue: none is sent while one is on its way."""
    _, is_new = Heartbeat.objects.get_or_create(queue=queue, defaults={"sent_at": at})
    if is_new:
        return True
    answered = Q(answered_sent_at__gte=F("sent_at"))
    return bool(
        Heartbeat.objects.filter(queue=queue)
        .filter(answered | Q(sent_at__lt=at - PATIENCE))
        .update(sent_at=at)
    )


def answer(queue: str, sent_at: datetime, at: datetime) -> None:
    Heartbeat.objects.filter(queue=queue).update(
        answered_sent_at=sent_at, answered_at=at
    )
