from __future__ import annotations

from typing import Self

from django.db import models

from apps.accounts.models import StoreOwned, StoreQuerySet
from apps.registry.models import ModelVersion


class PurchaseModelQuerySet(StoreQuerySet["PurchaseModel"]):
    def serving(self) -> Self:
        return self.filter(version__status=ModelVersion.Status.CHAMPION)


class PurchaseModel(StoreOwned):
    """What a version learned about visits that end in an order: all that answering
    takes (services/purchase_score.py), so that the web needs no files."""

    version = models.OneToOneField(
        ModelVersion, on_delete=models.CASCADE, related_name="+"
    )
    # Up to a megabyte: read once by each process.
    document = models.JSONField()

    objects = PurchaseModelQuerySet.as_manager()  # type: ignore[misc]

    def __str__(self) -> str:
        return f"{self.version_id}"
