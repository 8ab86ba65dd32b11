from __future__ import annotations

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from apps.accounts.services import idempotency, nonces, passwords


@shared_task(name="accounts.send_link")
def send_link(user_id: int) -> None:
    """Mail a link for setting a password. Sent from here, so that the time an answer
    takes does not tell whether an address is known."""
    passwords.send_link(user_id)


@shared_task(name="accounts.forget")
def forget() -> None:
    """Drop what only had to be remembered for a while."""
    now = timezone.now()
    nonces.forget(now)
    idempotency.forget(now)
    call_command("flushexpiredtokens")
