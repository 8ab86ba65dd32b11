from __future__ import annotations

from django.db import models
from django.db.models import Q

from apps.accounts.models import Store, StoreOwned
from apps.experiments.models.experiment import Experiment, Variant
from apps.shop.models import Customer


class Exposure(StoreOwned):
    """From then on somebody could see the difference that a test makes.

    One row for each unit and phase: customer:42, visitor:…, product:7, period:… A
    visitor who is found to be a customer keeps the row; of all rows of one person the
    earliest says which variant is theirs.
    """

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    # Gone with the experiment. By the variant no index leads here: each change of a draft
    # would walk all rows of all stores.
    variant = models.ForeignKey(
        Variant,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    phase = models.PositiveSmallIntegerField(default=1)
    unit = models.CharField(max_length=80)
    at = models.DateTimeField()
    # Who the unit was then, as far as is known by now.
    customer = models.ForeignKey(
        Customer,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    # The chance with which the variant was given.
    propensity = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["experiment", "phase", "unit"], name="experiments_exposed_once"
            ),
            models.CheckConstraint(
                condition=Q(propensity__gt=0, propensity__lte=1),
                name="experiments_propensity",
            ),
        ]
        indexes = [
            # People one after another, and whoever is nobody known, by variant.
            models.Index(
                fields=["experiment", "phase", "customer", "at", "variant"],
                name="experiments_by_person",
            ),
            models.Index(
                fields=["customer"],
                name="experiments_of_customer",
                condition=Q(customer__isnull=False),
            ),
            models.Index(fields=["store", "unit"], name="experiments_of_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} in {self.experiment_id}"
