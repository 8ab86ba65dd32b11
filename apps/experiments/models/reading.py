from __future__ import annotations

from django.db import models

from apps.accounts.models import StoreOwned
from apps.experiments.models.experiment import Experiment, Metric, Variant


class Reading(StoreOwned):
    """What one look found: a variant against the control, by one metric, as of one day.

    Looks of the same day replace each other, and so do those of days past when a refund
    arrives. Sums are ml_models.experiments.sums.Sums by their names, so that any figure
    can be worked out again.
    """

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="readings"
    )
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="+")
    phase = models.PositiveSmallIntegerField(default=1)
    metric = models.CharField(max_length=20, choices=Metric.choices)
    # The store's own day up to whose end, or to the look, everything counts.
    on = models.DateField()
    control_people = models.PositiveBigIntegerField(default=0)
    people = models.PositiveBigIntegerField(default=0)
    control_sums = models.JSONField(default=dict)
    sums = models.JSONField(default=dict)
    control_mean = models.FloatField(null=True, blank=True)
    mean = models.FloatField(null=True, blank=True)
    # Per person, with an interval that is right however often one looks.
    absolute = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    relative = models.FloatField(null=True, blank=True)
    relative_low = models.FloatField(null=True, blank=True)
    relative_high = models.FloatField(null=True, blank=True)
    p_value = models.FloatField(null=True, blank=True)
    # Bayesian: the chance that it is better, and what a wrong choice would cost a person.
    chance_better = models.FloatField(null=True, blank=True)
    expected_loss = models.FloatField(null=True, blank=True)
    # What of the variance was left by what was known before: 1 is no help.
    variance_left = models.FloatField(null=True, blank=True)
    # Of holdouts by one metric: the relative lift with some strength lent by the others.
    pooled_lift = models.FloatField(null=True, blank=True)
    pooled_low = models.FloatField(null=True, blank=True)
    pooled_high = models.FloatField(null=True, blank=True)
    # The groups were large enough, and of the sizes that were set: the effect may be
    # told to merchants as measured.
    is_judged = models.BooleanField(default=False)
    # ml_models.experiments.verdict.Answer.
    answer = models.CharField(max_length=20)
    sentence = models.TextField(blank=True)
    days_left = models.PositiveIntegerField(null=True, blank=True)
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["experiment", "phase", "variant", "metric", "on"],
                name="experiments_reading_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["store", "experiment", "-on"], name="experiments_reading_recent"
            )
        ]

    def __str__(self) -> str:
        return f"{self.metric} on {self.on:%Y-%m-%d}"
