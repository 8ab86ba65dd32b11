from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q

from apps.accounts.models import Store, StoreOwned, StoreQuerySet, User

# A worker that has not ended by then is taken for dead.
CLAIM_LASTS = timedelta(hours=1)


class WhatIfQuerySet(StoreQuerySet["WhatIf"]):
    def open(self) -> Self:
        return self.filter(status__in=WhatIf.OPEN)

    def waiting(self, now: datetime) -> Self:
        """To be worked out by whoever claims it."""
        return self.filter(
            Q(status=WhatIf.Status.QUEUED)
            | Q(status=WhatIf.Status.RUNNING, started_at__lte=now - CLAIM_LASTS)
        )


class WhatIf(StoreOwned):
    """A merchant's question: what would shelves have led to, filled in another way?

    The row is the promise; a worker claims it and writes the answer.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", "Waits for its turn"
        RUNNING = "running", "Being worked out"
        DONE = "done", "Answered"
        FAILED = "failed", "Failed"

    OPEN = (Status.QUEUED, Status.RUNNING)

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    asked_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_by_label = models.CharField(max_length=100, blank=True)
    # What would be different; services/what_if/change.py checks and words it.
    policy = models.JSONField()
    # Which shelves; empty: all that chance may touch.
    kind = models.CharField(max_length=20, blank=True)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    status = models.CharField(
        max_length=20, choices=Status.choices, default=Status.QUEUED
    )
    # {"read", "used", "clicks": {...}, "orders": {...}}; services/what_if/work_out.py.
    result = models.JSONField(default=dict, blank=True)
    # The answer for people.
    sentence = models.TextField(blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    # Of the claim under way, and its proof when the worker reports.
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = WhatIfQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "question about other shelves"
        verbose_name_plural = "questions about other shelves"
        constraints = [
            models.CheckConstraint(
                condition=Q(end_at__gte=F("start_at")),
                name="recommendations_what_if_span",
            ),
        ]
        indexes = [
            models.Index(
                fields=["store", "-id"], name="recommendations_what_if_newest"
            ),
            models.Index(
                fields=["id"],
                condition=Q(status__in=("queued", "running")),
                name="recommendations_what_if_open",
            ),
        ]

    def __str__(self) -> str:
        return f"What if ({self.status})"
