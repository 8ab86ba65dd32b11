from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q

from apps.accounts.models import Store, StoreOwned, StoreQuerySet


class ModelVersionQuerySet(StoreQuerySet["ModelVersion"]):
    def of(self, store: Store) -> Self:
        """What they learned, half a megabyte, comes where somebody asks for it."""
        return super().of(store).defer("learned")

    def champions(self) -> Self:
        return self.filter(status=ModelVersion.Status.CHAMPION)

    def broken_off(self) -> Self:
        """Half made, and nobody goes on with them."""
        alive = TrainingRun.objects.across_stores().open().exclude(version=None)
        return self.filter(status=ModelVersion.Status.MAKING).exclude(
            pk__in=alive.values("version")
        )


class ModelVersion(StoreOwned):
    """A trained model: what it learned from, how good it is, whether it serves."""

    class Status(models.TextChoices):
        # Its rows are being written, or were when its worker died: it cannot serve.
        MAKING = "making", "Being made"
        CANDIDATE = "candidate", "Candidate"
        CHAMPION = "champion", "Champion: it serves"
        RETIRED = "retired", "Retired"
        REFUSED = "refused", "Refused by the gate"

    # What it is for: recommendations.champion, forecasting.demand.
    kind = models.CharField(max_length=80)
    # Which algorithm: two_tower, blend.
    name = models.CharField(max_length=80)
    # Counts per store and kind.
    number = models.PositiveIntegerField()
    status = models.CharField(
        max_length=20, choices=Status.choices, default=Status.CANDIDATE
    )
    data_from_at = models.DateTimeField(null=True, blank=True)
    data_to_at = models.DateTimeField(null=True, blank=True)
    training_rows = models.PositiveBigIntegerField(default=0)
    metrics = models.JSONField(default=dict, blank=True)
    baseline_metrics = models.JSONField(default=dict, blank=True)
    # How it was set; with `learned`, all that makes the same model from other data.
    parameters = models.JSONField(default=dict, blank=True)
    # Settings that a training found and nobody chose, such as a ranker's text.
    learned = models.JSONField(default=dict, blank=True)
    features = models.JSONField(default=list, blank=True)
    code_version = models.CharField(max_length=64, blank=True)
    # Path in the artefact storage; empty where the rows are all there is.
    artefact = models.CharField(max_length=300, blank=True)
    artefact_digest = models.CharField(max_length=64, blank=True)
    card = models.JSONField(default=dict, blank=True)
    trained_at = models.DateTimeField()
    promoted_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    refusal_reason = models.TextField(blank=True)
    # A test shows it to some people until then: so long nothing of it is removed.
    kept_until = models.DateTimeField(null=True, blank=True)
    # Its rows and files were removed: it cannot serve again.
    forgotten_at = models.DateTimeField(null=True, blank=True)
    # The champion that this one replaced: where a rollback leads.
    predecessor = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = ModelVersionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "kind", "number"], name="registry_version_number"
            ),
            models.UniqueConstraint(
                fields=["store", "kind"],
                condition=Q(status="champion"),
                name="registry_one_champion",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}#{self.number}"


# A training that says nothing for so long is dead; its heart beats with each step.
STALE_AFTER = timedelta(minutes=15)


class TrainingRunQuerySet(StoreQuerySet["TrainingRun"]):
    def open(self) -> Self:
        return self.filter(status__in=TrainingRun.OPEN)

    def stale(self, at: datetime) -> Self:
        """Running, but silent for too long."""
        return self.filter(
            status=TrainingRun.Status.RUNNING, heartbeat_at__lt=at - STALE_AFTER
        )


class TrainingRun(StoreOwned):
    """One training under way, or how it ended. One is open per store and kind."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Waits for a worker"
        RUNNING = "running", "Running"
        SUCCEEDED = "succeeded", "Succeeded"
        REFUSED = "refused", "Trained, but refused by the gate"
        FAILED = "failed", "Failed"
        ABANDONED = "abandoned", "Abandoned: its worker died"

    class Trigger(models.TextChoices):
        SCHEDULE = "schedule", "Its turn"
        WATCH = "watch", "Something changed"
        PERSON = "person", "Asked for"

    OPEN = (Status.QUEUED, Status.RUNNING)

    kind = models.CharField(max_length=80)
    status = models.CharField(max_length=20, choices=Status.choices)
    trigger = models.CharField(
        max_length=20, choices=Trigger.choices, default=Trigger.SCHEDULE
    )
    # Why it was asked for, where that is more than the trigger says.
    reason = models.TextField(blank=True)
    # Percent.
    progress = models.PositiveSmallIntegerField(default=0)
    step = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    version = models.ForeignKey(
        ModelVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    seed = models.BigIntegerField(default=0)

    objects = TrainingRunQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "kind"],
                condition=Q(status__in=("queued", "running")),
                name="registry_one_training",
            ),
            models.CheckConstraint(
                condition=Q(progress__lte=100), name="registry_progress"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.status})"
