"""What each customer is worth, as a version of segmentation.value has it.

Rows of a version are served while it is the champion, so a rollback needs no work. They
are worked out anew each night from the version's files (services/value_nightly.py).
"""

from __future__ import annotations

from django.db import models

from apps.accounts.models import Store, StoreOwned
from apps.registry.models import ModelVersion
from apps.segmentation.models.learned import LearnedQuerySet
from apps.shop.models import Customer

# What the registry calls the models.
VALUE = "segmentation.value"
# Days ahead: what churn and the short figures are about, and the long ones.
SHORT, LONG = 90, 365
# From so much churn risk on it is medium, and high.
MEDIUM_FROM, HIGH_FROM = 0.5, 0.8


class Band(models.TextChoices):
    LOW = "low", "Low: more likely to buy again in 90 days than not"
    MEDIUM = "medium", "Medium: rather not within 90 days"
    HIGH = "high", "High: hardly within 90 days"


class ValueModel(StoreOwned):
    """What is to be said of a version as a whole."""

    version = models.OneToOneField(
        ModelVersion, on_delete=models.CASCADE, related_name="+"
    )
    # Days that were foretold and had come: the window of the contest. 0: the shop is
    # too young for one, and the next two are not known.
    window_days = models.PositiveIntegerField(default=0)
    # How far chances lay from what came, on average; how far the sum of all spend did,
    # as a share of it.
    calibration_error = models.FloatField(null=True)
    total_error = models.FloatField(null=True)
    customers = models.PositiveIntegerField(default=0)
    # What an average customer has brought so far.
    average_spent = models.FloatField(default=0.0)
    # Of all together in the next 90 days: in 90 % of cases it lies between the two.
    revenue_90 = models.FloatField(default=0.0)
    low_90 = models.FloatField(default=0.0)
    high_90 = models.FloatField(default=0.0)
    computed_at = models.DateTimeField()

    objects = LearnedQuerySet.as_manager()  # type: ignore[misc]

    def __str__(self) -> str:
        return f"How {self.version} does"


class CustomerValue(StoreOwned):
    """Of one customer who ordered. Amounts are in the store's currency, without tax and
    net of refunds; `low` and `high` hold the amount in 90 % of cases."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    version = models.ForeignKey(
        ModelVersion, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    # Of one order or more in 90 days; and 1 less that.
    chance = models.FloatField()
    churn = models.FloatField()
    band = models.CharField(max_length=10, choices=Band)
    orders_90 = models.FloatField()
    revenue_90 = models.FloatField()
    low_90 = models.FloatField()
    high_90 = models.FloatField()
    orders_365 = models.FloatField()
    revenue_365 = models.FloatField()
    low_365 = models.FloatField()
    high_365 = models.FloatField()
    # Null where the shop knows no cost.
    margin_90 = models.FloatField(null=True)
    margin_365 = models.FloatField(null=True)
    # So far; `earned` of what has a cost, null where nothing has.
    orders = models.PositiveIntegerField()
    spent = models.FloatField()
    earned = models.FloatField(null=True)
    # spent and revenue_365.
    total = models.FloatField()
    # Null where no order is to be expected within a year.
    next_order_on = models.DateField(null=True)
    # The same in days from computed_at on.
    next_order_days = models.FloatField(null=True)
    # [{"feature": "last order", "effect": -0.4}, …], the weightiest first; effects are
    # parts of the log-odds of buying again, beside an average customer.
    drivers = models.JSONField(default=list)
    computed_at = models.DateTimeField()

    objects = LearnedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "customer's value"
        constraints = [
            models.UniqueConstraint(
                fields=["version", "customer"], name="segmentation_value_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["store", "version", "-total", "-id"],
                name="segmentation_value_total",
            ),
            models.Index(
                fields=["store", "version", "-churn", "-id"],
                name="segmentation_value_churn",
            ),
        ]

    def __str__(self) -> str:
        return f"Customer {self.customer_id}: {self.total:.2f}"
