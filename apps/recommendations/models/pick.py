from __future__ import annotations

from typing import Self

from django.db import models

from apps.accounts.models import StoreOwned, StoreQuerySet
from apps.registry.models import ModelVersion
from apps.shop.models import Product

# What the registry calls this brain's models.
TRENDING = "recommendations.trending"


class PickQuerySet(StoreQuerySet["Pick"]):
    def served(self, kind: str) -> Self:
        """Picks of the version that serves now, best first."""
        return self.filter(
            kind=kind, version__status=ModelVersion.Status.CHAMPION
        ).order_by("rank")


class Pick(StoreOwned):
    """One recommended product, as a model version published it."""

    version = models.ForeignKey(
        ModelVersion, on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(max_length=40)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveIntegerField()
    score = models.FloatField()
    reason = models.JSONField(default=dict)

    objects = PickQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "kind", "product"], name="recommendations_pick_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["store", "kind", "version", "rank"],
                name="recommendations_picks",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.rank}"
