"""How much of the plan a store used. A quota warns; it never drops data."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from apps.accounts.models import Store, Usage
from apps.accounts.services import audit

WARN_AT = 0.8


def count(store: Store, kind: str, amount: int, at: datetime) -> Usage:
    """Add to this month's usage; warn once a month when 80 % is passed."""
    month = at.astimezone(store.zone).date().replace(day=1)
    with transaction.atomic():
        usage, _ = Usage.objects.get_or_create(store=store, month_on=month, kind=kind)
        Usage.objects.of(store).filter(pk=usage.pk).update(count=F("count") + amount)
        usage.refresh_from_db()
        warn(usage, at)
    return usage


def warn(usage: Usage, at: datetime) -> None:
    limit = usage.store.limits.events_per_month
    if limit is None or usage.count < WARN_AT * limit:
        return
    is_first = (
        Usage.objects.of(usage.store)
        .filter(pk=usage.pk, warned_at=None)
        .update(warned_at=at)
    )
    if is_first:
        audit.record(
            "quota.warned",
            store=usage.store,
            subject=usage.kind,
            detail={"count": usage.count, "limit": limit},
        )
