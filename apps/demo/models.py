from __future__ import annotations

from django.db import models

from apps.accounts.models import StoreOwned
from apps.shop.models import Order


class DemoShop(StoreOwned):
    """How far the demo shop is built. Nothing of it is shown as a whole before READY."""

    class Status(models.TextChoices):
        BUILDING = "building", "Being built"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    seed = models.PositiveIntegerField()
    product_count = models.PositiveIntegerField()
    customer_count = models.PositiveIntegerField()
    month_count = models.PositiveIntegerField()
    # The first day that has not happened yet in the shop's history.
    until_on = models.DateField()
    as_of = models.DateTimeField()
    status = models.CharField(
        max_length=20, choices=Status.choices, default=Status.BUILDING
    )
    progress = models.PositiveSmallIntegerField("percent done", default=0)
    step = models.CharField(max_length=100, blank=True)
    # Folder of truth.npz, truth.json and events.jsonl.gz, under VAR_DIR.
    truth_path = models.CharField(max_length=300, blank=True)
    built_at = models.DateTimeField(null=True, blank=True)
    # The publishable key of its pages as they show it: elsewhere only its digest is kept.
    page_key = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store"], name="demo_shop_once"),
            models.CheckConstraint(
                condition=models.Q(progress__lte=100), name="demo_shop_progress"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.store} ({self.progress} %)"

    @property
    def is_ready(self) -> bool:
        return self.status == self.Status.READY


class Checkout(StoreOwned):
    """One showing of the checkout form: its token buys once, however often it is sent."""

    token = models.UUIDField()
    order = models.ForeignKey(
        Order, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "token"], name="demo_checkout_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.token)
