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
    """After twice the window, since a timestamp may be five minutes ahead, and a minute
    for the seconds that comparing rounds away."""
    kept = 2 * WINDOW + timedelta(minutes=1)
    count, _ = UsedNonce.objects.filter(used_at__lt=at - kept).delete()
    return count
