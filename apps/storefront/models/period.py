"""What holds for a time."""

from __future__ import annotations

from datetime import datetime
from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q

from apps.accounts.models import StoreOwned, StoreQuerySet

Row = TypeVar("Row", bound=models.Model, covariant=True)


class TimedQuerySet(StoreQuerySet[Row]):
    def on(self) -> Self:
        """Switched on; whether it is their time is asked of each."""
        return self.filter(is_on=True)


class Timed(StoreOwned):
    """In force from `starts_at` (this moment too) to `ends_at` (no longer then)."""

    is_on = models.BooleanField("on", default=True)
    starts_at = models.DateTimeField("from", null=True, blank=True)
    ends_at = models.DateTimeField("until", null=True, blank=True)
    # The smaller the sooner; among equals the older one.
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TimedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at=None)
                | Q(ends_at=None)
                | Q(ends_at__gt=F("starts_at")),
                name="%(app_label)s_%(class)s_period",
            )
        ]

    def is_in_force(self, at: datetime) -> bool:
        """Its time, whether it is switched on or not."""
        has_begun = self.starts_at is None or self.starts_at <= at
        return has_begun and (self.ends_at is None or at < self.ends_at)
