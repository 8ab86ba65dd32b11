"""Ready lists: what the web reads in place of a model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Q

from apps.accounts.models import Store, StoreOwned, StoreQuerySet
from apps.registry.models import ModelVersion

# What the registry calls the models of the first brain.
TRENDING = "recommendations.trending"
# What a shelf for everybody is about.
EVERYBODY = ""


class Kind(models.TextChoices):
    """What one may ask for."""

    PERSONAL = "personal", "Picked for you"
    SIMILAR = "similar", "Similar products"
    TOGETHER = "together", "Often bought together"
    UPSELL = "upsell", "A step up"
    OUTFIT = "outfit", "Complete the outfit"
    ALIKE = "alike", "Bought by customers like you"
    TRENDING = "trending", "Trending"
    NEW = "new", "New arrivals"
    RECENT = "recent", "Recently viewed"
    REBUY = "rebuy", "Buy it again"
    HERO = "hero", "Favorites"
    # Of products that nobody has met yet: by what they are. Never asked for by itself.
    CONTENT = "content", "Alike by what they are"


class ShelfQuerySet(StoreQuerySet["Shelf"]):
    def served(self) -> Self:
        """Of versions that serve now, and what no model made."""
        return self.filter(
            Q(version=None) | Q(version__status=ModelVersion.Status.CHAMPION)
        )

    def about(self, kinds: Iterable[str], subjects: Iterable[str]) -> Self:
        return self.filter(kind__in=list(kinds), subject__in=list(subjects))


class Shelf(StoreOwned):
    """One list of one kind about one subject, best first.

    `subject` is text, as in the decision log: customer:42, product:7, segment:high; empty
    for everybody. So that one index answers whatever is asked.
    """

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    # None: worked out from the shop's copy whenever that changes, by no model.
    version = models.ForeignKey(
        ModelVersion,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=80, blank=True)
    # [[product, score, reason code, product that the reason is about or null], …]
    picks = models.JSONField(default=list)
    computed_at = models.DateTimeField()

    objects = ShelfQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name_plural = "shelves"
        constraints = [
            models.UniqueConstraint(
                fields=["version", "kind", "subject"], name="recommendations_shelf_once"
            ),
            models.UniqueConstraint(
                fields=["store", "kind", "subject"],
                condition=Q(version=None),
                name="recommendations_shelf_plain",
            ),
        ]
        indexes = [
            models.Index(
                fields=["store", "subject", "kind"], name="recommendations_about"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.subject or 'everybody'}"


class Upkeep(StoreOwned):
    """How far what follows the shop by itself has come: the row that its task locks."""

    name = models.CharField(max_length=20)
    # Rows changed before this have been looked at.
    seen_to_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "upkeep"
        constraints = [
            models.UniqueConstraint(
                fields=["store", "name"], name="recommendations_upkeep_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


def of_customer(customer: int) -> str:
    return f"customer:{customer}"


def of_product(product: int) -> str:
    return f"product:{product}"


def of_segment(segment: str) -> str:
    return f"segment:{segment}"
