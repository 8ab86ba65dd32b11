from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from apps.accounts.models import StoreOwned
from apps.shop.models import Customer

LOWEST, HIGHEST = 1, 5


class ScoreField(models.PositiveSmallIntegerField):  # type: ignore[type-arg]
    """From 1 to 5, which is best."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        bounds = [MinValueValidator(LOWEST), MaxValueValidator(HIGHEST)]
        kwargs.setdefault("validators", bounds)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


class RfmScore(StoreOwned):
    """How lately, how often and for how much a customer bought, beside all others of
    the store (services/rfm_score.py has the rule). Who never ordered has no row."""

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, related_name="+"
    )
    recency = ScoreField()
    frequency = ScoreField()
    money = ScoreField()
    # The three in one: "545".
    code = models.CharField(max_length=3)
    # What was scored: whole days since the last order, orders, and what they brought
    # without tax and less refunds, in the store's currency.
    days = models.PositiveIntegerField()
    orders = models.PositiveIntegerField()
    spent = models.FloatField()
    as_of = models.DateTimeField()

    class Meta:
        verbose_name = "RFM score"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    recency__range=(LOWEST, HIGHEST),
                    frequency__range=(LOWEST, HIGHEST),
                    money__range=(LOWEST, HIGHEST),
                ),
                name="segmentation_rfm_range",
            )
        ]
        indexes = [
            models.Index(
                fields=["store", "recency", "frequency"], name="segmentation_rfm_cell"
            )
        ]

    def __str__(self) -> str:
        return self.code
