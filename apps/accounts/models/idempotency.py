from __future__ import annotations

from django.db import models

from apps.accounts.models.store import StoreOwned


class IdempotentAnswer(StoreOwned):
    """The first answer to a write, given again when the same key comes back.

    A row without `status` is a write still under way.
    """

    key = models.CharField(max_length=200)
    caller = models.CharField(max_length=60)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(default=b"")
    content_type = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "caller", "key"], name="accounts_idempotency_once"
            )
        ]

    def __str__(self) -> str:
        return self.key
