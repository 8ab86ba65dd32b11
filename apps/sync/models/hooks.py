from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from apps.accounts.models import StoreOwned, StoreQuerySet


class Hook(StoreOwned):
    """A webhook that the shop keeps for us, as the sentinel last saw it."""

    topic = models.CharField(max_length=40)
    woo_id = models.PositiveBigIntegerField()
    status = models.CharField(max_length=20)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    repaired_at = models.DateTimeField(null=True, blank=True)
    repairs = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "topic"], name="sync_hook_topic")
        ]

    def __str__(self) -> str:
        return self.topic


class DeliveryQuerySet(StoreQuerySet["Delivery"]):
    def due(self, at: datetime) -> Self:
        return self.filter(status=Delivery.Status.WAITING, due_at__lte=at)


class Delivery(StoreOwned):
    """What the shop sent, as it came: stored before it is understood.

    The same bytes again are the same row, due again: applying twice is harmless, and a
    second deletion of one thing reads like the first.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "Waits"
        APPLIED = "applied", "Applied"
        IGNORED = "ignored", "Of no use"
        FAILED = "failed", "Given up: the next poll will find it"

    topic = models.CharField(max_length=80)
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    status = models.CharField(
        max_length=20, choices=Status.choices, default=Status.WAITING
    )
    times_received = models.PositiveIntegerField(default=1)
    attempts = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField()
    # The next try; a worker that takes the row moves it ahead, so that no other does.
    due_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    objects = DeliveryQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["store", "topic", "digest"], name="sync_delivery_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(status="waiting"), name="sync_due"
            ),
            models.Index(fields=["store", "-received_at"], name="sync_received"),
        ]

    def __str__(self) -> str:
        return self.topic
