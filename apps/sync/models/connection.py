from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models

from apps.accounts.models import StoreOwned, StoreQuerySet


class ConnectionQuerySet(StoreQuerySet["Connection"]):
    def reachable(self) -> Self:
        """Worth asking: neither paused by the merchant nor refused by the shop."""
        return self.filter(
            status__in=(
                Connection.Status.ACTIVE,
                Connection.Status.FAILING,
                # Reading a copy of the shop harms nobody; only writing to it is refused.
                Connection.Status.MOVED,
            ),
            store__status="active",
        )


class Connection(StoreOwned):
    """How a store's shop is reached, and what is known about it."""

    class Status(models.TextChoices):
        ACTIVE = "active", "Connected"
        FAILING = "failing", "Does not answer: tried again by itself"
        REFUSED = "refused", "The shop refuses the keys"
        MOVED = "moved", "Another address than the one connected: a copy of the shop?"
        PAUSED = "paused", "Paused"

    # https://shop.example, without a slash at its end.
    url = models.URLField(max_length=500)
    status = models.CharField(
        max_length=20, choices=Status.choices, default=Status.ACTIVE
    )
    # {"key": ..., "secret": ...}, sealed with FIELD_KEYS; never shown again.
    sealed_keys = models.BinaryField()
    key_ending = models.CharField(max_length=7)
    may_write = models.BooleanField(null=True)
    # What webhooks are signed with, and which store they name.
    sealed_hook_secret = models.BinaryField()
    hook_token = models.CharField(max_length=64, unique=True)
    # What the shop said about itself: {"woocommerce": "10.5.0", "routes": [...], ...}.
    facts = models.JSONField(default=dict, blank=True)
    connected_at = models.DateTimeField()
    reached_at = models.DateTimeField(null=True, blank=True)
    failing_since_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    objects = ConnectionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store"], name="sync_one_connection")
        ]

    def __str__(self) -> str:
        return self.url


class ConnectAttempt(StoreOwned):
    """A merchant was sent to the shop to approve keys.

    The shop's answer is not signed: only who knows this one-time state may give keys.
    """

    state_digest = models.CharField(max_length=64, unique=True)
    url = models.URLField(max_length=500)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.url


class Notice(StoreOwned):
    """Something about the shop that the merchant should know, until it is over."""

    code = models.CharField(max_length=60)
    text = models.CharField(max_length=400)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "code"],
                condition=models.Q(closed_at=None),
                name="sync_notice_open_once",
            )
        ]

    def __str__(self) -> str:
        return self.text
