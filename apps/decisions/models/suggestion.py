from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q

from apps.accounts.models import Role, Store, StoreOwned, StoreQuerySet, User


class Status(models.TextChoices):
    PROPOSED = "proposed", "Waits for approval"
    APPROVED = "approved", "Approved"
    SCHEDULED = "scheduled", "Scheduled"
    APPLYING = "applying", "Being applied"
    APPLIED = "applied", "Applied, being watched"
    KEPT = "kept", "Kept"
    REVERTING = "reverting", "Being reverted"
    REVERTED = "reverted", "Reverted"
    REJECTED = "rejected", "Rejected"
    EXPIRED = "expired", "Expired"
    SUPERSEDED = "superseded", "Replaced by a newer one"
    FAILED = "failed", "Failed"


# Where each status may lead. Absent ones are ends.
NEXT: dict[Status, frozenset[Status]] = {
    # To itself: edited, judged.
    Status.PROPOSED: frozenset(
        {
            Status.PROPOSED,
            Status.APPROVED,
            Status.REJECTED,
            Status.EXPIRED,
            Status.SUPERSEDED,
        }
    ),
    Status.APPROVED: frozenset({Status.SCHEDULED, Status.APPLYING, Status.REJECTED}),
    # To itself: another time.
    Status.SCHEDULED: frozenset({Status.SCHEDULED, Status.APPLYING, Status.REJECTED}),
    # To itself: a claim that went stale is taken over.
    Status.APPLYING: frozenset({Status.APPLYING, Status.APPLIED, Status.FAILED}),
    Status.APPLIED: frozenset({Status.KEPT, Status.REVERTING}),
    Status.KEPT: frozenset({Status.REVERTING}),
    Status.REVERTING: frozenset({Status.REVERTING, Status.REVERTED, Status.FAILED}),
    # Only where it had been applied: a revert that failed may be asked for again.
    Status.FAILED: frozenset({Status.REVERTING}),
}
# One of these per (store, kind, subject).
OPEN = (Status.PROPOSED, Status.APPROVED, Status.SCHEDULED, Status.APPLYING)
# All that a suggestion may be which the guard rails did not let pass.
HARMLESS = (Status.PROPOSED, Status.REJECTED, Status.EXPIRED, Status.SUPERSEDED)


# A worker that has not reported by then is taken for dead.
CLAIM_LASTS = timedelta(minutes=15)


class SuggestionQuerySet(StoreQuerySet["Suggestion"]):
    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def waiting(self) -> Self:
        """In the inbox."""
        return self.filter(status=Status.PROPOSED)

    def unjudged(self) -> Self:
        """Edited since the guard rails looked: the brain above judges them again."""
        return self.waiting().filter(judged_at=None)

    def due(self, kind: str, now: datetime) -> Self:
        """To be applied now. A paused store's wait."""
        return self.filter(
            Q(status=Status.APPROVED)
            | Q(status=Status.SCHEDULED, scheduled_for__lte=now)
            | Q(status=Status.APPLYING, claimed_at__lte=now - CLAIM_LASTS),
            kind=kind,
            store__status=Store.Status.ACTIVE,
        )

    def to_revert(self, kind: str, now: datetime) -> Self:
        """To be taken back now."""
        return self.filter(
            Q(claimed_at=None) | Q(claimed_at__lte=now - CLAIM_LASTS),
            kind=kind,
            status=Status.REVERTING,
            store__status=Store.Status.ACTIVE,
        )


class Suggestion(StoreOwned):
    """A decision that waits for approval, and its way into the shop and back."""

    class Feedback(models.TextChoices):
        USEFUL = "useful", "Useful"
        NOT_USEFUL = "not_useful", "Not useful"

    Status = Status

    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    # {"before": ..., "after": ...}, in the words of the brain that proposes.
    change = models.JSONField()
    # What was proposed before a person edited it; None while nobody did.
    original_change = models.JSONField(null=True, blank=True)
    # Counts edits, so that an approval names what it has seen.
    revision = models.PositiveIntegerField(default=1)
    # The estimate with its interval.
    impact = models.JSONField(default=dict, blank=True)
    reason = models.JSONField(default=dict, blank=True)
    # The guard rails: [{"rail": ..., "passed": ..., "text": ...}].
    verdict = models.JSONField(default=list, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)
    # All rails passed. The database refuses a step forward without it.
    is_allowed = models.BooleanField(default=False)
    # 0 harmless to 1 dangerous; a policy may approve below the store's line.
    risk = models.FloatField(default=1.0)
    needs_role = models.CharField(
        max_length=20, choices=Role.choices, default=Role.MANAGER
    )
    status = models.CharField(
        max_length=20, choices=Status.choices, default=Status.PROPOSED
    )
    policy = models.CharField(max_length=80, blank=True)
    model_version = models.CharField(max_length=150, blank=True)
    # The log's row of the proposal: outcomes join there.
    decision_id = models.UUIDField()
    created_at = models.DateTimeField()
    status_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    scheduled_for = models.DateTimeField(null=True, blank=True)
    # The claim of a worker that applies or reverts, and its proof when it reports.
    claimed_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    watch_until = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)
    feedback = models.CharField(max_length=20, choices=Feedback.choices, blank=True)
    feedback_why = models.TextField(blank=True)
    feedback_at = models.DateTimeField(null=True, blank=True)
    # Null: a server's key, or somebody who is no longer here. Their words do not count.
    feedback_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = SuggestionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "kind", "subject"],
                condition=Q(status__in=OPEN),
                name="decisions_suggestion_open",
            ),
            models.CheckConstraint(
                condition=Q(is_allowed=True) | Q(status__in=HARMLESS),
                name="decisions_suggestion_rails",
            ),
            models.CheckConstraint(
                condition=Q(risk__gte=0, risk__lte=1), name="decisions_suggestion_risk"
            ),
        ]
        indexes = [
            models.Index(
                fields=["store", "status", "-created_at"], name="decisions_inbox"
            ),
            models.Index(fields=["kind", "status"], name="decisions_suggestion_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.subject}"


class SuggestionStep(StoreOwned):
    """Who moved a suggestion, when, from where to where."""

    suggestion = models.ForeignKey(
        Suggestion, on_delete=models.CASCADE, related_name="steps"
    )
    # proposed, edited, approved...: also steps that keep the status.
    verb = models.CharField(max_length=20)
    from_status = models.CharField(max_length=20, choices=Status.choices, blank=True)
    to_status = models.CharField(max_length=20, choices=Status.choices)
    actor = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    actor_label = models.CharField(max_length=100)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.verb} by {self.actor_label}"
