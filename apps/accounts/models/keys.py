from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from apps.accounts.models.store import StoreOwned, StoreQuerySet


class Scope(models.TextChoices):
    """What a secret key may do; a publishable key may only send events and read shelves."""

    READ = "read", "Read everything of the store"
    WRITE = "write", "Change data of the store"
    EVENTS = "events", "Send events"
    STOREFRONT = "storefront", "Read what a page shows"


class ApiKeyQuerySet(StoreQuerySet["ApiKey"]):
    def usable(self, at: datetime) -> Self:
        """Neither revoked nor past the end of a rotation's overlap."""
        return self.filter(
            Q(revoked_at=None), Q(expires_at=None) | Q(expires_at__gt=at)
        )


class ApiKey(StoreOwned):
    """A key of a store. The key itself is shown once and never stored."""

    class Kind(models.TextChoices):
        PUBLISHABLE = "pk", "Publishable (in shop pages)"
        SECRET = "sk", "Secret (on servers)"

    kind = models.CharField(max_length=2, choices=Kind.choices)
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=20, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    # What signatures are checked with: derived from the secret, then encrypted, so
    # that a copy of the database alone signs nothing. Empty for publishable keys.
    signing_key = models.BinaryField(default=b"", editable=False)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    replaced_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = ApiKeyQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        indexes = [models.Index(fields=["store", "kind"], name="accounts_key_kind")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class UsedNonce(models.Model):
    """A signed request's nonce, so that the same request is accepted once."""

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=64)
    used_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "nonce"], name="accounts_nonce_once")
        ]

    def __str__(self) -> str:
        return self.nonce
