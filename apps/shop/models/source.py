from __future__ import annotations

from typing import Self

from django.db import models

from apps.accounts.models import StoreOwned, StoreQuerySet
from apps.accounts.models.store import Row


class SourceQuerySet(StoreQuerySet[Row]):
    def live(self) -> Self:
        """Not deleted in the shop."""
        return self.filter(deleted_at=None)


class SourceRow(StoreOwned):
    """A copy of one thing in the shop.

    `source_modified_at` is the shop's own moment of change: an older payload never
    overwrites a newer row. A deletion in the shop sets `deleted_at`; history stays.
    """

    woo_id = models.PositiveBigIntegerField(null=True, blank=True)
    source_created_at = models.DateTimeField(null=True, blank=True)
    source_modified_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SourceQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["store", "woo_id"], name="%(app_label)s_%(class)s_woo_id"
            )
        ]
