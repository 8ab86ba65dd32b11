"""A signed request is accepted once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from apps.accounts.models import ApiKey, UsedNonce

WINDOW = timedelta(minutes=5)


def spend(key: ApiKey, nonce: str, at: datetime) -> bool:
    """False where it was spent before; the database decides between two at once."""
    try:
        with transaction.atomic():
            UsedNonce.objects.create(key=key, nonce=nonce, used_at=at)
    except IntegrityError:
        return False
    return True


def forget(at: datetime) -> int:
    """Twice the window: a timestamp may be five minutes ahead."""
    count, _ = UsedNonce.objects.filter(used_at__lt=at - 2 * WINDOW).delete()
    return count
