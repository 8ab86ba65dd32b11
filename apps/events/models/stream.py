from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from apps.accounts.models import Store, StoreOwned, StoreQuerySet
from apps.core.money import MoneyField

# Clocks of visitors are wrong by so much at most, but for a few: see EventQuerySet.
SLACK = timedelta(days=1)
LAST_MS = (1 << 48) - 1


def least_id(moment: datetime) -> UUID:
    """The smallest id that an event of this moment can have."""
    milliseconds = round(moment.timestamp() * 1000)
    return UUID(int=min(max(milliseconds, 0), LAST_MS) << 80)


class PlainJSONField(models.JSONField):
    """JSON kept as the text that came: a third cheaper to write than jsonb, and never
    searched by. Rollups take it apart once."""

    def db_type(self, connection: Any) -> str | None:
        return (
            "json" if connection.vendor == "postgresql" else super().db_type(connection)
        )

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return json.loads(value) if isinstance(value, str) else value

    def get_db_prep_value(
        self, value: Any, connection: Any, prepared: bool = False
    ) -> Any:
        return value if value is None else json.dumps(value)


class EventQuerySet(StoreQuerySet["Event"]):
    def between(self, start: datetime, end: datetime) -> Self:
        """Of [start, end). Partitions are cut by id, that is by the sender's own clock,
        which may be wrong: `at` decides, the id narrows the search by a day's slack.

        What the clocks said that were wrong by more is not found by this; whatever
        counts reads batches instead, and misses nothing.
        """
        window = (least_id(start - SLACK), least_id(end + SLACK))
        return self.filter(at__gte=start, at__lt=end, id__range=window)

    def update(self, **_: Any) -> int:
        raise TypeError("Events are append-only.")


class EventBatchQuerySet(models.QuerySet["EventBatch"]):
    def waiting(self) -> Self:
        return self.filter(rolled_at=None, refused_at=None)


class EventBatch(models.Model):
    """What one commit brought, of all stores."""

    received_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    # Since when sessions and totals know of it.
    rolled_at = models.DateTimeField(null=True, blank=True)
    # It cannot be counted: set aside, so that the others are. Null it to try again.
    refused_at = models.DateTimeField(null=True, blank=True)

    objects = EventBatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "event batches"
        indexes = [
            models.Index(fields=["received_at"], name="events_batch_time"),
            models.Index(
                fields=["id"],
                condition=Q(rolled_at=None, refused_at=None),
                name="events_batch_waiting",
            ),
            models.Index(
                fields=["id"],
                condition=Q(refused_at__isnull=False),
                name="events_batch_refused",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} events"


class Event(StoreOwned):
    """One thing that one visitor did. Append-only.

    On PostgreSQL the table is partitioned by day of the id. The id is made from the
    sender's own one (services/ids.py): the same event sent again meets itself.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    # No constraint in the database: checking one doubles the price of a row.
    store = models.ForeignKey(
        Store,
        on_delete=models.CASCADE,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    batch_id = models.BigIntegerField()
    type = models.CharField(max_length=32)
    # By our clock: services/moments.py.
    at = models.DateTimeField()
    visitor = models.CharField(max_length=64, blank=True)
    session = models.CharField(max_length=64, blank=True)
    # Ids of the shop, as the sender knows them.
    customer_woo_id = models.BigIntegerField(null=True, blank=True)
    product_woo_id = models.BigIntegerField(null=True, blank=True)
    variant_woo_id = models.BigIntegerField(null=True, blank=True)
    quantity = models.IntegerField(null=True, blank=True)
    # A price of one piece, or what a cart or an order is worth.
    value = MoneyField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    properties = PlainJSONField(default=dict, blank=True)
    context = PlainJSONField(default=dict, blank=True)

    objects = EventQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        indexes = [models.Index(fields=["batch_id"], name="events_event_batch")]

    def __str__(self) -> str:
        return f"{self.type} {self.at:%Y-%m-%d %H:%M}"

    def save(self, *_: Any, **__: Any) -> None:
        raise TypeError("Events are written by services/track.py alone.")

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("Events are append-only.")
