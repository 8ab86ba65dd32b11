"""What a merchant should know about the connection: one open notice per matter."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from apps.accounts.models import Store
from apps.sync.models import Notice

LONGEST = Notice._meta.get_field("text").max_length or 400


def open_notice(store: Store, code: str, text: str, at: datetime) -> bool:
    """Say it once; while it is open only its text may change. True if it is new."""
    text = text[:LONGEST]
    known = Notice.objects.of(store).filter(code=code, closed_at=None)
    if known.exists():
        known.exclude(text=text).update(text=text)
        return False
    try:
        with transaction.atomic():
            Notice.objects.create(store=store, code=code, text=text, opened_at=at)
    except IntegrityError:
        # Another worker said it at the same moment.
        return False
    return True


def close_notice(store: Store, code: str, at: datetime) -> bool:
    """It is over. True if it was open."""
    known = Notice.objects.of(store).filter(code=code, closed_at=None)
    return bool(known.update(closed_at=at))
