"""What customers did month by month after their first order, counted once a day.

Rows of a count carry its moment; readers go by `Counted`, which names the count that
holds, so that all of it changes at once (services/cohorts_count.py).
"""

from __future__ import annotations

from datetime import datetime

from django.db import models

from apps.accounts.models import StoreOwned, StoreQuerySet
from apps.core.money import MoneyField


class CountedQuerySet(StoreQuerySet["Counted"]):
    def at(self, what: str) -> datetime | None:
        """Of which moment the figures that hold are; None: not counted yet."""
        rows = self.filter(what=what)
        return rows.values_list("counted_at", flat=True).first()


class Counted(StoreOwned):
    class What(models.TextChoices):
        RFM = "rfm", "RFM scores"
        COHORTS = "cohorts", "Cohorts"

    what = models.CharField(max_length=10, choices=What.choices)
    counted_at = models.DateTimeField()
    # The store's own day of it.
    counted_on = models.DateField()
    customers = models.PositiveIntegerField()

    objects = CountedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name_plural = "counts"
        constraints = [
            models.UniqueConstraint(
                fields=["store", "what"], name="segmentation_counted_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.what}, {self.counted_on}"


class CohortCell(StoreOwned):
    """What customers who first ordered in one month did so many months later. A cell
    in which nothing happened has no row."""

    class Kind(models.TextChoices):
        MONTH = "month", "Month of the first order"
        CATEGORY = "category", "First category"
        CHANNEL = "channel", "First channel"

    as_of = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # A category's id or a channel; empty: not known, and for months always.
    group = models.CharField(max_length=20, blank=True)
    # The first day of the month, as the store counts months.
    month_on = models.DateField()
    # Months since then: 0 is that month itself.
    age = models.PositiveSmallIntegerField()
    # Those who ordered; at age 0 that is everybody.
    customers = models.PositiveIntegerField()
    orders = models.PositiveIntegerField()
    # Without tax and less refunds, in the store's currency.
    revenue = MoneyField()
    # The part of it whose cost is known, and what of that was earned.
    costed = MoneyField()
    margin = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "as_of", "kind", "group", "month_on", "age"],
                name="segmentation_cell_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.group} {self.month_on:%Y-%m} +{self.age}"


class Acquired(StoreOwned):
    """New customers of one month by the channel that first brought them, and what they
    brought in their first 90 and 365 days: of those alone who had so many days."""

    as_of = models.DateTimeField()
    month_on = models.DateField()
    channel = models.CharField(max_length=20, blank=True)
    customers = models.PositiveIntegerField()
    customers_90 = models.PositiveIntegerField()
    revenue_90 = MoneyField()
    costed_90 = MoneyField()
    margin_90 = MoneyField()
    customers_365 = models.PositiveIntegerField()
    revenue_365 = MoneyField()
    costed_365 = MoneyField()
    margin_365 = MoneyField()

    class Meta:
        verbose_name_plural = "acquired customers"
        constraints = [
            models.UniqueConstraint(
                fields=["store", "as_of", "month_on", "channel"],
                name="segmentation_acquired_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.month_on:%Y-%m}"
