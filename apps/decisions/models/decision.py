from __future__ import annotations

from datetime import timedelta
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from apps.accounts.models import Store, StoreOwned, StoreQuerySet
from apps.core.ids import moment_of, uuid7

# An id holds whole milliseconds of its moment; a second covers any rounding.
SLACK = timedelta(seconds=1)


class MomentIdField(models.UUIDField):  # type: ignore[type-arg]
    """A version 7 id of the row's own `created_at`, by which it can be found."""

    def get_pk_value_on_save(self, instance: Any) -> UUID:
        return uuid7(instance.created_at)


class DecisionQuerySet(StoreQuerySet["Decision"]):
    def by_id(self, decision_id: UUID) -> Self:
        """The row with this id; its moment is in the id, so one partition is read."""
        try:
            moment = moment_of(decision_id)
            window = (moment - SLACK, moment + SLACK)
        except (ValueError, OverflowError):
            return self.none()
        return self.filter(pk=decision_id, created_at__range=window)

    def update(self, **_: Any) -> int:
        raise TypeError("The decision log is append-only.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("The decision log is append-only.")

    def expire(self) -> int:
        """Delete for good. Only retention calls this."""
        return int(self._raw_delete(self.db))


class Decision(StoreOwned):
    """One choice: what was possible, what was chosen, and why. Append-only.

    On PostgreSQL the table is partitioned by month, so that no foreign key may point
    here: other rows keep `decision_id`.
    """

    id = MomentIdField(primary_key=True, editable=False)
    # No index of its own: each of the table's begins with the store.
    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    # What was chosen, dotted: recommendations.served, campaigns.suppressed.
    kind = models.CharField(max_length=80)
    # Whom or what it is about: customer:42, product:7.
    subject = models.CharField(max_length=200)
    context_digest = models.CharField(max_length=64, blank=True)
    # The best ones, bounded; candidate_count says how many there were.
    candidates = models.JSONField(default=list, blank=True)
    candidate_count = models.PositiveIntegerField(default=0)
    # None where nothing was done: that is a choice too.
    chosen = models.JSONField(null=True, blank=True)
    # The chance with which the policy takes this choice; None where it is not random.
    propensity = models.FloatField(null=True, blank=True)
    policy = models.CharField(max_length=80, blank=True)
    # Text, because the log outlives the versions: recommendations.champion#12.
    model_version = models.CharField(max_length=150, blank=True)
    arm = models.CharField(max_length=80, blank=True)
    # {"code": "...", "facts": {...}}; services/sentence.py renders it.
    reason = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    objects = DecisionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(propensity=None) | Q(propensity__gt=0, propensity__lte=1),
                name="decisions_propensity",
            )
        ]
        indexes = [
            # The newest first, page by page; ids are in the order of time.
            models.Index(fields=["store", "-id"], name="decisions_newest"),
            models.Index(
                fields=["store", "kind", "-created_at"], name="decisions_by_kind"
            ),
            models.Index(
                fields=["store", "subject", "-created_at"], name="decisions_by_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.subject}"

    def save(self, *_: Any, using: str | None = None, **__: Any) -> None:
        if not self._state.adding:
            raise TypeError("The decision log is append-only.")
        super().save(force_insert=True, using=using)

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("The decision log is append-only.")
