"""Whether what serves still fits what happens now; asks for a retraining where not."""

from __future__ import annotations

from datetime import datetime, timedelta

from apps.accounts.models import Store
from apps.registry.models import TrainingRun
from apps.registry.services import drift, training, versions
from apps.registry.services.brain import Brain, LiveMetric, Watched, brain_of

# A week, and the four weeks that it is compared with.
SEEN = timedelta(days=35)
ONCE = timedelta(days=1)


def look(store: Store, kind: str, at: datetime) -> str:
    """The reason for a retraining that was asked for; empty where all is well, or one
    was asked for today already."""
    champion = versions.champion(store, kind)
    if champion is None or was_asked(store, kind, at):
        return ""
    brain = brain_of(kind)
    known = champion.card.get("inputs", {})
    reason = " ".join(
        filter(None, [shift(brain, store, known, at), fall(brain, store, at)])
    )
    if reason:
        training.queue(
            store, kind, at, trigger=TrainingRun.Trigger.WATCH, reason=reason
        )
    return reason


def was_asked(store: Store, kind: str, at: datetime) -> bool:
    runs = TrainingRun.objects.of(store).filter(kind=kind)
    return (
        runs.open().exists()
        or runs.filter(
            trigger=TrainingRun.Trigger.WATCH, created_at__gt=at - ONCE
        ).exists()
    )


def shift(
    brain: Brain, store: Store, known: dict[str, dict[str, object]], at: datetime
) -> str:
    if not known or not isinstance(brain, Watched):
        return ""
    moved = drift.shifted(known, brain.sample(store, at))
    names = ", ".join(
        f"{name.replace('_', ' ')} ({index:.2f})" for name, index in moved.items()
    )
    return f"What it learns from has changed: {names}." if names else ""


def fall(brain: Brain, store: Store, at: datetime) -> str:
    if not isinstance(brain, LiveMetric):
        return ""
    return drift.degraded(brain.live(store, at - SEEN, at))
