"""The five learned segments: what a version learned, its groups, who belongs where.

Rows of a version are served while it is the champion, so a rollback needs no work.
"""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models

from apps.accounts.models import Store, StoreOwned, StoreQuerySet
from apps.registry.models import ModelVersion
from apps.shop.models import Customer

# What the registry calls the models.
GROUPS = "segmentation.groups"


Row = TypeVar("Row", bound=models.Model)


class LearnedQuerySet(StoreQuerySet[Row]):
    def served(self) -> Self:
        """Of the version that serves now."""
        return self.filter(version__status=ModelVersion.Status.CHAMPION)

    def serving(self, store: Store, kind: str) -> Self:
        """The same of one kind. Its version is looked up once, by which rows lie in an
        index: for whom many rows are asked at once."""
        versions = ModelVersion.objects.of(store).champions().filter(kind=kind)
        return self.filter(version=models.Subquery(versions.values("pk")[:1]))


def champion(store: Store, kind: str) -> int | None:
    """The version that serves, looked up before: its rows then lie in an index."""
    versions = ModelVersion.objects.of(store).champions().filter(kind=kind)
    return versions.values_list("pk", flat=True).first()


class Code(models.TextChoices):
    """The five, in the order in which they are shown."""

    VIP = "vip", "High-Value VIP"
    LOYAL = "loyal", "Loyal Regular"
    DISCOUNT = "discount", "Discount Seeker"
    OCCASIONAL = "occasional", "Occasional Buyer"
    NEW = "new", "New Customer"


class Grouping(StoreOwned):
    """What a version learned, as plain numbers: enough to place a customer who just
    ordered, with no file and no TensorFlow."""

    version = models.OneToOneField(
        ModelVersion, on_delete=models.CASCADE, related_name="+"
    )
    # As ml_models/segments/all.py writes and reads it.
    model = models.JSONField(default=dict)
    # What an average buyer does, which reasons compare with.
    averages = models.JSONField(default=dict)
    made_at = models.DateTimeField()

    objects = LearnedQuerySet.as_manager()  # type: ignore[misc]

    def __str__(self) -> str:
        return f"What {self.version} learned"


class Group(StoreOwned):
    """One of the five as a version found it."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    version = models.ForeignKey(
        ModelVersion, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    code = models.CharField(max_length=20, choices=Code)
    # Its place among the five: VIPs first.
    rank = models.PositiveSmallIntegerField()
    # When it was made; places are kept up, so count those for today's.
    size = models.PositiveIntegerField(default=0)
    # Averages of its buyers by kind of fact: spent, average_order, orders, every, …
    numbers = models.JSONField(default=dict)
    # Why it bears its name, in plain words.
    rule = models.TextField(blank=True)

    objects = LearnedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "learned segment"
        ordering = ("rank",)
        constraints = [
            models.UniqueConstraint(
                fields=["version", "code"], name="segmentation_group_once"
            )
        ]
        indexes = [
            models.Index(fields=["store", "version"], name="segmentation_groups")
        ]

    def __str__(self) -> str:
        return self.get_code_display()


class Place(StoreOwned):
    """Which of the five a customer belongs to, since when, and why."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    version = models.ForeignKey(
        ModelVersion, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=20, choices=Code)
    # [{"kind": "spent", "value": 900.0, "times": 3.0}, …], the most telling first;
    # services/learning/words.py says them.
    reason = models.JSONField(default=list)
    # When the customer entered the segment, whichever version said so first.
    since_at = models.DateTimeField()
    placed_at = models.DateTimeField()

    objects = LearnedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "customer's learned segment"
        constraints = [
            models.UniqueConstraint(
                fields=["version", "customer"], name="segmentation_place_once"
            )
        ]
        indexes = [models.Index(fields=["version", "code"], name="segmentation_places")]

    def __str__(self) -> str:
        return f"Customer {self.customer_id}: {self.get_code_display()}"
