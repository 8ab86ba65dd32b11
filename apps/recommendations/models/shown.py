from __future__ import annotations

from django.db import models

from apps.accounts.models import Store, StoreOwned


class Shown(StoreOwned):
    """What one visitor was shown of late without clicking it: it moves back.

    One row for each visitor, so that an answer reads one. Written by
    services/notice.py alone.
    """

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    visitor = models.CharField(max_length=64)
    # {product: times}; a click removes the product.
    times = models.JSONField(default=dict)
    last_at = models.DateTimeField()

    class Meta:
        verbose_name = "what a visitor was shown"
        verbose_name_plural = "what visitors were shown"
        constraints = [
            models.UniqueConstraint(
                fields=["store", "visitor"], name="recommendations_shown_once"
            )
        ]
        indexes = [
            models.Index(fields=["last_at"], name="recommendations_shown_age"),
        ]

    def __str__(self) -> str:
        return f"{len(self.times)} products"
