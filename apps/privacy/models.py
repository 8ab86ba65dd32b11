from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.accounts.models import StoreOwned, StoreQuerySet


class PrivacyRequestQuerySet(StoreQuerySet["PrivacyRequest"]):
    def open(self) -> Self:
        return self.filter(status__in=PrivacyRequest.OPEN)

    def free(self, at: datetime) -> Self:
        """Open, and nobody works on it: its worker has let go of it, or is dead."""
        return self.open().filter(Q(claimed_until=None) | Q(claimed_until__lt=at))


class PrivacyRequest(StoreOwned):
    """Somebody asked what is held about a person, or that it be erased.

    The ledger of it: who asked, when, what was done. It names nobody: while there is
    work, whom it is about stands in `sealed_whom`; after it, only a keyed digest is left.
    """

    class Kind(models.TextChoices):
        EXPORT = "export", "Tell everything"
        ERASE = "erase", "Erase"

    class Status(models.TextChoices):
        WAITING = "waiting", "Waits for a worker"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        REMAINS = "remains", "Done, but something is left"

    OPEN = (Status.WAITING, Status.RUNNING)

    kind = models.CharField(max_length=10, choices=Kind.choices)
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.WAITING
    )
    # Whom it is about, as a keyed digest: the same person asks once at a time.
    mark = models.CharField(max_length=64)
    sealed_whom = models.BinaryField(default=b"", editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    # "key:5" or the person's name; the shop's plugin asks with a key.
    asked_by_label = models.CharField(max_length=100, blank=True)
    asked_at = models.DateTimeField()
    steps_done = models.JSONField(default=list, blank=True)
    # How many rows of what.
    counts = models.JSONField(default=dict, blank=True)
    # How far the search for the person is; empty before and after it.
    search = models.JSONField(default=dict, blank=True)
    # What it found; empty until then.
    certificate = models.JSONField(default=dict, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    claim = models.CharField(max_length=32, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    objects = PrivacyRequestQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "kind", "mark"],
                condition=Q(status__in=["waiting", "running"]),
                name="privacy_open_once",
            )
        ]
        indexes = [models.Index(fields=["store", "-asked_at"], name="privacy_requests")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.asked_at:%Y-%m-%d %H:%M}"
