"""Remove all that is known of one store's visitors: the demo shop is built anew."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models, transaction

from apps.accounts.models import Store
from apps.events.models import (
    Crowd,
    Freshness,
    IdentityChange,
    Interaction,
    Link,
    Metric,
    Session,
    Sighting,
    Visitor,
    VisitorDay,
)
from apps.events.services.engines.chosen import engine
from apps.events.services.roll import hold

CHUNK = 5_000
MODELS: tuple[type[models.Model], ...] = (
    IdentityChange, Link, Sighting, Crowd, Interaction, Session, VisitorDay, Visitor,
    Metric,
)  # fmt: skip


def clear(store: Store, now: datetime) -> None:
    """A little at a time: SQLite's other writers wait for each transaction."""
    # Nothing happens in the future, so that this is everything.
    engine().expire(store, now + timedelta(days=1))
    for model in MODELS:
        # The base manager, as a cascade does: ledgers go with the whole shop.
        rows = model._base_manager.filter(store=store)
        while clear_some(rows):
            continue
    # Not deleted: its version would start anew, and old answers come back.
    Freshness.objects.of(store).touch(now)


def clear_some(rows: models.QuerySet[models.Model]) -> int:
    with transaction.atomic():
        hold()
        pks = list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK])
        rows.filter(pk__in=pks).delete()
    return len(pks)
