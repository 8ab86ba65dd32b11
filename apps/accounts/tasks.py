from __future__ import annotations

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from apps.accounts.services import idempotency, nonces


@shared_task(name="accounts.forget")
def forget() -> None:
    """Drop what only had to be remembered for a while."""
    now = timezone.now()
    nonces.forget(now)
    idempotency.forget(now)
    call_command("flushexpiredtokens")
