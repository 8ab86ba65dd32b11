from __future__ import annotations

from django.db import models

from apps.accounts.models import StoreOwned
from apps.registry.models import ModelVersion
from apps.segmentation.models.learned import LearnedQuerySet


class UpliftModel(StoreOwned):
    """What a version learned about whom messages move: all that answering takes
    (services/uplift.py), so that the web needs no files."""

    version = models.OneToOneField(
        ModelVersion, on_delete=models.CASCADE, related_name="+"
    )
    document = models.JSONField()

    objects = LearnedQuerySet.as_manager()  # type: ignore[misc]

    def __str__(self) -> str:
        return f"{self.version_id}"
