"""The same write sent twice is done once, and answered the same twice."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from apps.accounts.models import IdempotentAnswer, Store
from apps.accounts.services import sealed
from apps.core.errors import ConflictError, LuxeBrainError

KEPT = timedelta(hours=24)
# A write that has not ended after this died with its process; the key is free again.
GIVEN_UP = timedelta(minutes=2)


class ReusedKeyError(LuxeBrainError):
    code = "idempotency_key_reused"
    status = 422


def digest(method: str, path: str, body: bytes) -> str:
    return hashlib.sha256(
        b"\0".join([method.encode(), path.encode(), body])
    ).hexdigest()


def claim(
    store: Store, caller: str, key: str, request_digest: str, at: datetime
) -> tuple[IdempotentAnswer, bool]:
    """The row, and whether this request is the first and must do the work."""
    free(store, at)
    try:
        with transaction.atomic():
            row = IdempotentAnswer.objects.create(
                store=store,
                caller=caller,
                key=key,
                request_digest=request_digest,
                created_at=at,
            )
            return row, True
    except IntegrityError:
        row = IdempotentAnswer.objects.of(store).get(caller=caller, key=key)
    if row.request_digest != request_digest:
        raise ReusedKeyError("This key was used for another request.")
    if row.status is None:
        raise ConflictError("The first request with this key is still under way.")
    return row, False


# Sealed: an answer may hold a key that is shown once.
def keep(row: IdempotentAnswer, status: int, body: bytes, content_type: str) -> None:
    IdempotentAnswer.objects.of(row.store).filter(pk=row.pk).update(
        status=status, body=sealed.seal(body), content_type=content_type
    )


def kept_body(row: IdempotentAnswer) -> bytes:
    return sealed.unseal(bytes(row.body))


def release(row: IdempotentAnswer) -> None:
    """The work failed on our side: a repeat may try again."""
    IdempotentAnswer.objects.of(row.store).filter(pk=row.pk).delete()


def free(store: Store, at: datetime) -> None:
    IdempotentAnswer.objects.of(store).filter(
        status=None, created_at__lt=at - GIVEN_UP
    ).delete()


def forget(at: datetime) -> int:
    count, _ = (
        IdempotentAnswer.objects.across_stores()
        .filter(created_at__lt=at - KEPT)
        .delete()
    )
    return count
