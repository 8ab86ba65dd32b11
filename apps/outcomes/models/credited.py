from __future__ import annotations

from django.db import models
from django.db.models import Q

from apps.accounts.models import StoreOwned, StoreQuerySet
from apps.core.money import MoneyField
from apps.shop.models import Order, OrderLine


class CreditedQuerySet(StoreQuerySet["Credited"]):
    def standing(self) -> CreditedQuerySet:
        return self.filter(undone_at=None)


class Credited(StoreOwned):
    """A line of an order that a rule gave to a decision, as the shop's books have it now.

    The decision log says the same in rows that only ever grow (services/books.py). A
    line has one decision at most.
    """

    # No foreign key: the log is partitioned.
    decision_id = models.UUIDField()
    # Of the outcome that told of the order: interaction:<id>.
    source = models.CharField(max_length=120)
    # Seen on a shelf, not clicked: a kind of its own, never added to clicks.
    is_viewed = models.BooleanField(default=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+")
    # Null once the shop took the line out of the order; its number stays.
    line = models.ForeignKey(
        OrderLine, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    line_number = models.BigIntegerField()
    ordered_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    # Net of tax and discounts: when it was sold, and what of it went back.
    revenue = MoneyField(default=0)
    refunded = MoneyField(default=0)
    # After refunds; null where the cost is not known.
    margin = MoneyField(null=True, blank=True)
    # A click that was told late took the line from a decision whose product was seen.
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = CreditedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name_plural = "credited lines"
        constraints = [
            models.UniqueConstraint(
                fields=["store", "decision_id", "source", "is_viewed"],
                name="outcomes_credit_of_source",
            ),
            models.UniqueConstraint(
                fields=["store", "line_number"],
                condition=Q(undone_at=None),
                name="outcomes_line_once",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "ordered_at"], name="outcomes_credited_time")
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.revenue} {self.currency}"
