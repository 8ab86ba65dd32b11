from __future__ import annotations

from datetime import date

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from apps.accounts.models import StoreOwned
from apps.core.money import MoneyField
from apps.events.services.enrich import CHANNELS


class ChannelCost(StoreOwned):
    """What a channel cost in a month: only the merchant knows."""

    channel = models.CharField(
        max_length=20,
        choices=[(key, label) for key, label in CHANNELS.items() if key],
    )
    month_on = models.DateField("month", help_text="Any day of the month.")
    amount = MoneyField(validators=[MinValueValidator(0)])
    currency = models.CharField(
        max_length=3,
        validators=[RegexValidator(r"^[A-Z]{3}$", "Three capital letters, like EUR.")],
    )

    class Meta:
        verbose_name = "ad spend"
        verbose_name_plural = "ad spend"
        constraints = [
            models.UniqueConstraint(
                fields=["store", "channel", "month_on", "currency"],
                name="outcomes_cost_once",
                violation_error_message="This month's spend for the channel is noted already.",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0), name="outcomes_cost_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}, {self.month_on:%B %Y}"

    def clean(self) -> None:
        month: date | None = self.month_on
        if month is not None:
            self.month_on = month.replace(day=1)
