"""Forget events that a store's plan, or its merchant, no longer keeps."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q

from apps.accounts.models import Store
from apps.events.models import EventBatch, Tracking
from apps.events.services import partitions
from apps.events.services.engines.chosen import engine

# Of batches, which only count what was received when.
BATCHES_KEPT = timedelta(days=8)
CHUNK = 10_000


def expire(now: datetime) -> int:
    """Whole days where no store needs them, else a store's rows. How many went away."""
    cutoffs = {store: cutoff(store, now) for store in Store.objects.all()}
    for store, before in cutoffs.items():
        if before is not None:
            note_forgotten(store, before)
    dropped = drop_days(cutoffs)
    for store, before in cutoffs.items():
        if before is not None:
            dropped += engine().expire(store, before)
    forget_batches(now - BATCHES_KEPT)
    return dropped


def cutoff(store: Store, now: datetime) -> datetime | None:
    """The shorter one of what the plan keeps and what the merchant wants."""
    wanted = Tracking.objects.of(store).values_list("days_kept", flat=True).first()
    known = [days for days in (store.limits.retention_days, wanted) if days is not None]
    return now - timedelta(days=min(known)) if known else None


def note_forgotten(store: Store, before: datetime) -> None:
    """Before anything goes: a plan that keeps more later brings nothing back."""
    Tracking.objects.for_store(store)
    earlier = Q(forgotten_to_at=None) | Q(forgotten_to_at__lt=before)
    Tracking.objects.of(store).filter(earlier).update(forgotten_to_at=before)


def drop_days(cutoffs: dict[Store, datetime | None]) -> int:
    if not partitions.has_partitions():
        return 0
    limits = [before for before in cutoffs.values() if before is not None]
    dropped = 0
    for day in partitions.existing():
        end = partitions.start_of(day + timedelta(days=1))
        if any(end <= before for before in limits):
            needing = [
                store.pk for store, before in cutoffs.items() if needs(day, before)
            ]
            dropped += partitions.drop(day, needing)
    return dropped


def needs(day: date, before: datetime | None) -> bool:
    end = partitions.start_of(day + timedelta(days=1))
    return before is None or before < end


def forget_batches(before: datetime) -> None:
    """Those that were counted; in small transactions, since events come in meanwhile."""
    old = EventBatch.objects.filter(received_at__lt=before).exclude(rolled_at=None)
    while EventBatch.objects.filter(
        pk__in=list(old.values_list("pk", flat=True)[:CHUNK])
    ).delete()[0]:
        continue
