"""Telling people their events, and taking events out: for people who ask, and for plans
that end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from apps.accounts.models import Store
from apps.events.models import Event
from apps.events.models.stream import SLACK, least_id

# Ids that are later than their events by more than any clock is wrong.
FAR = timedelta(days=366)
# What a person is told of an event.
TOLD = (
    "at", "type", "visitor", "customer_woo_id", "product_woo_id", "variant_woo_id",
    "quantity", "value", "currency", "properties", "context",
)  # fmt: skip


def forget(store: Store, visitors: Sequence[str], customers: Sequence[int]) -> int:
    theirs = Q(visitor__in=visitors) | Q(customer_woo_id__in=customers)
    return drop(Event.objects.of(store).filter(theirs))


def told(
    store: Store,
    visitors: Sequence[str],
    customers: Sequence[int],
    most: int,
    after: str,
) -> list[dict[str, Any]]:
    theirs = Q(visitor__in=visitors) | Q(customer_woo_id__in=customers)
    behind = Q(id__gt=UUID(after)) if after else Q()
    rows = Event.objects.of(store).filter(theirs & behind).order_by("id")
    return [{**row, "id": row["id"].hex} for row in rows.values("id", *TOLD)[:most]]


def expire(store: Store, before: datetime) -> int:
    """By the index on ids. What a clock dated ahead, by a day to a year, goes when its
    id's own day comes."""
    near = Q(id__lt=least_id(before + SLACK)) | Q(id__gte=least_id(before + FAR))
    return drop(Event.objects.of(store).filter(near, at__lt=before))


def drop(events: QuerySet[Event]) -> int:
    # Nothing points at an event, so that none needs to be read first.
    return int(events._raw_delete(connection.alias) or 0)
