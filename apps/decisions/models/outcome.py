from __future__ import annotations

from django.db import models
from django.db.models import Q

from apps.accounts.models import StoreOwned
from apps.core.money import MoneyField


class Outcome(StoreOwned):
    """What came of a decision: a click, an order, a refund of it, a margin."""

    class Kind(models.TextChoices):
        """The common ones; a brain may add its own word."""

        CLICK = "click", "Click"
        ORDER = "order", "Order"
        REFUND = "refund", "Refund"
        MARGIN = "margin", "Margin"

    # No foreign key: the log is partitioned.
    decision_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    amount = MoneyField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    occurred_at = models.DateTimeField()
    # What reported it, such as order:1042: the same one joins once.
    source = models.CharField(max_length=120)

    class Meta:
        constraints = [
            # Its index also answers "what came of this decision?".
            models.UniqueConstraint(
                fields=["store", "decision_id", "kind", "source"],
                name="decisions_outcome_once",
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | ~Q(currency=""),
                name="decisions_outcome_currency",
            ),
        ]
        indexes = [
            models.Index(
                fields=["store", "kind", "-occurred_at"], name="decisions_outcome_time"
            ),
            # An order's refund finds the decisions that the order was joined to.
            models.Index(fields=["store", "source"], name="decisions_outcome_source"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} from {self.source}"
