"""How much of the plan a store used. A quota warns; it never drops data."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from apps.accounts.models import Store, Usage
from apps.accounts.services import audit

EVENTS = "events"
WARN_PERCENT = 80


def count(store: Store, kind: str, amount: int, at: datetime) -> Usage:
    """Add to the month of the store's own calendar; warn at 80 % and at 100 %, once
    each."""
    month = at.astimezone(store.zone).date().replace(day=1)
    with transaction.atomic():
        usage, _ = Usage.objects.get_or_create(store=store, month_on=month, kind=kind)
        Usage.objects.of(store).filter(pk=usage.pk).update(count=F("count") + amount)
        usage.refresh_from_db(fields=["count"])
        warn(usage, at)
    return usage


def limit_of(store: Store, kind: str) -> int | None:
    return store.limits.events_per_month if kind == EVENTS else None


def warn(usage: Usage, at: datetime) -> None:
    limit = limit_of(usage.store, usage.kind)
    if limit is None:
        return
    row = Usage.objects.of(usage.store).filter(pk=usage.pk)
    detail = {"count": usage.count, "limit": limit}
    if usage.count * 100 >= limit * WARN_PERCENT:
        if row.filter(warned_at=None).update(warned_at=at):
            tell("quota.nearly_used", usage, detail)
    if usage.count >= limit:
        if row.filter(exceeded_at=None).update(exceeded_at=at):
            tell("quota.used_up", usage, detail)


def tell(action: str, usage: Usage, detail: dict[str, int]) -> None:
    audit.record(action, store=usage.store, subject=usage.kind, detail=detail)
