from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from apps.accounts.models import StoreOwned, StoreQuerySet


class WriteQuerySet(StoreQuerySet["Write"]):
    def due(self, at: datetime) -> Self:
        return self.filter(status=Write.Status.WAITING, due_at__lte=at)


class Write(StoreOwned):
    """A change that we want in the shop; the row is the promise, and its proof."""

    class Kind(models.TextChoices):
        PRICE = "price", "Price"
        COUPON = "coupon", "Coupon"
        STOCK_NOTE = "stock_note", "Note on stock"

    class Status(models.TextChoices):
        WAITING = "waiting", "Waits"
        VERIFIED = "verified", "In the shop, read back"
        REFUSED = "refused", "Refused"
        FAILED = "failed", "Given up"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    # Asked twice under one key is asked once.
    key = models.CharField(max_length=120)
    # The product's or variation's id in the shop, and its parent's; None for a new coupon.
    woo_id = models.PositiveBigIntegerField(null=True, blank=True)
    parent_woo_id = models.PositiveBigIntegerField(null=True, blank=True)
    # As the shop will be told: {"sale_price": "14.50", "date_on_sale_to_gmt": ...}.
    values = models.JSONField()
    # What the fields said before: the way back.
    before = models.JSONField(default=dict, blank=True)
    status = models.CharField(
        max_length=20, choices=Status.choices, default=Status.WAITING
    )
    attempts = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=120, blank=True)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    objects = WriteQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "key"], name="sync_write_once")
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(status="waiting"), name="sync_write_due"
            ),
            models.Index(fields=["store", "-asked_at"], name="sync_writes"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.woo_id or ''}".strip()
