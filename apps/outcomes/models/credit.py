from __future__ import annotations

from django.db import models

from apps.accounts.models import StoreOwned
from apps.core.money import MoneyField


class Rule(models.TextChoices):
    """As ml_models.attribution.RULES names them."""

    LAST_TOUCH = "last_touch", "Last visit"
    LINEAR = "linear", "All alike"
    POSITION_BASED = "position_based", "First and last"
    TIME_DECAY = "time_decay", "Fresher counts more"
    MARKOV = "markov", "What would be missed"


class Credit(StoreOwned):
    """What one rule gives one channel of the orders of the last days.

    All rows of a store are replaced together. Those of one rule, with the channel
    UNATTRIBUTED, add up to what the orders brought: net of tax, discounts and refunds,
    to the cent.
    """

    # Of the period, the store's own, both ends included.
    days = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    rule = models.CharField(max_length=20, choices=Rule.choices)
    channel = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    # Shares of orders, so no whole numbers.
    orders = models.FloatField()
    # Of them, first orders of their customers.
    new_customers = models.FloatField(default=0)
    revenue = MoneyField()
    # Of orders all of whose costs are known; null where none is.
    margin = MoneyField(null=True, blank=True)
    # Which share of the orders that was.
    margin_known = models.FloatField(default=0)
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "credit"
        constraints = [
            models.UniqueConstraint(
                fields=["store", "days", "currency", "rule", "channel"],
                name="outcomes_credit_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} by {self.rule}, {self.days} days"
