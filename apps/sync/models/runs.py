from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from apps.accounts.models import StoreOwned, StoreQuerySet


class RunQuerySet(StoreQuerySet["Run"]):
    def open(self) -> Self:
        return self.filter(status__in=Run.OPEN)

    def free(self, at: datetime) -> Self:
        """Open, and nobody works on it: its worker has let go of it, or is dead."""
        return self.open().filter(Q(claimed_until=None) | Q(claimed_until__lt=at))


class Run(StoreOwned):
    """One pass over the shop, in steps. Killed anywhere, it goes on at the same place."""

    class Kind(models.TextChoices):
        FIRST = "first", "First sync"
        POLL = "poll", "Look for changes"
        PROOF = "proof", "Comparison with the shop"

    class Status(models.TextChoices):
        WAITING = "waiting", "Waits for a worker"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        STOPPED = "stopped", "Stopped"

    OPEN = (Status.WAITING, Status.RUNNING)

    kind = models.CharField(max_length=20, choices=Kind.choices)
    status = models.CharField(
        max_length=20, choices=Status.choices, default=Status.WAITING
    )
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    # By the shop's clock, when the first page was read: from here the next poll looks.
    shop_started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    claim = models.CharField(max_length=32, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    objects = RunQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "kind"],
                condition=Q(status__in=["waiting", "running"]),
                name="sync_run_open_once",
            )
        ]
        indexes = [models.Index(fields=["store", "-asked_at"], name="sync_runs")]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Step(StoreOwned):
    """How far a run is through one kind of thing."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)
    # What the shop said there is; None until the first page.
    total = models.PositiveIntegerField(null=True, blank=True)
    seen = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    # The last id that was read, below which parent, and how many lie before it.
    parent_id = models.PositiveBigIntegerField(default=0)
    last_id = models.PositiveBigIntegerField(default=0)
    offset = models.PositiveIntegerField(default=0)
    is_done = models.BooleanField(default=False)
    # Only what was made on these days: the others were found equal by digest.
    since_on = models.DateField(null=True, blank=True)
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "kind"], name="sync_step_once")
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.kind

    @property
    def percent(self) -> int:
        if self.is_done:
            return 100
        return min(99, 100 * self.seen // self.total) if self.total else 0


class Watermark(StoreOwned):
    """Changes in the shop before this moment of its clock are in our copy."""

    kind = models.CharField(max_length=20)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "kind"], name="sync_watermark_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} until {self.read_at:%Y-%m-%d %H:%M}"
