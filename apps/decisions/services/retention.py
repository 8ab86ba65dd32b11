"""Forget decisions that a store's plan no longer keeps: the one way out of the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from apps.accounts.models import Store
from apps.core.ids import uuid7
from apps.decisions.models import Decision, Outcome
from apps.decisions.services import partitions

CHUNK = 5_000


@dataclass(frozen=True)
class Forgotten:
    months: int
    decisions: int
    outcomes: int


def expire(now: datetime) -> Forgotten:
    """Drop whole months that no store needs; delete the rest by chunks, per store.

    A store without a limit keeps everything.
    """
    cutoffs = {store: cutoff(store, now) for store in Store.objects.all()}
    months = drop_months(cutoffs)
    limited = [(store, before) for store, before in cutoffs.items() if before]
    decisions = sum(forget_decisions(store, before) for store, before in limited)
    outcomes = sum(forget_outcomes(store, before) for store, before in limited)
    return Forgotten(months, decisions, outcomes)


def cutoff(store: Store, now: datetime) -> datetime | None:
    days = store.limits.decision_days
    return None if days is None else now - timedelta(days=days)


def drop_months(cutoffs: dict[Store, datetime | None]) -> int:
    if not partitions.has_partitions():
        return 0
    limits = [before for before in cutoffs.values() if before]
    dropped = 0
    for month in partitions.existing():
        end = month.plus(1).start
        if not any(end <= before for before in limits):
            continue
        needing = [s.pk for s, before in cutoffs.items() if not before or before < end]
        dropped += partitions.drop(month, needing)
    return dropped


def forget_decisions(store: Store, before: datetime) -> int:
    old = Decision.objects.of(store).filter(created_at__lt=before)
    # The moment stands in both queries, so that PostgreSQL leaves out later months.
    return by_chunks(
        lambda: old.filter(pk__in=old.order_by().values("pk")[:CHUNK]).expire()
    )


def forget_outcomes(store: Store, before: datetime) -> int:
    """An outcome goes with its decision, whose id tells when that was made."""
    old = Outcome.objects.of(store).filter(decision_id__lt=first_id(before))
    return by_chunks(
        lambda: old.filter(pk__in=old.order_by().values("pk")[:CHUNK]).delete()[0]
    )


def by_chunks(delete: Callable[[], int]) -> int:
    """Small transactions: a night's clean-up must not hold up the day's writes."""
    total = 0
    while count := delete():
        total += count
    return total


def first_id(moment: datetime) -> UUID:
    """No id of this moment or later is smaller."""
    return UUID(int=(uuid7(moment).int >> 80) << 80)
