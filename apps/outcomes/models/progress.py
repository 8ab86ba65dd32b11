from __future__ import annotations

from django.db import models

from apps.accounts.models import StoreOwned


class Progress(StoreOwned):
    """How far a store's outcomes were followed, and of when its credit is."""

    followed_at = models.DateTimeField(null=True, blank=True)
    shared_at = models.DateTimeField(null=True, blank=True)
    # The store's own day of it: the periods end with that.
    shared_on = models.DateField(null=True, blank=True)
    shared_seconds = models.FloatField(default=0)

    class Meta:
        verbose_name_plural = "progress"
        constraints = [
            models.UniqueConstraint(fields=["store"], name="outcomes_progress_once")
        ]

    def __str__(self) -> str:
        return f"Outcomes of {self.store_id}"
