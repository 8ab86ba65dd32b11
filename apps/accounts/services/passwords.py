"""Links by which a person sets a password, the first one or a new one."""

from __future__ import annotations

import time
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm

from apps.accounts.models import User
from apps.accounts.services.limits import spend


class LinkForm(PasswordResetForm):
    """Django's mail, also for who was invited and has no password yet."""

    def get_users(self, email: str) -> Iterable[User]:
        return User.objects.filter(email=email.strip().lower(), is_active=True)


def who_gets_link(email: str, address: str) -> int:
    """The id of the person to whom a link may go now, 0 for nobody.

    Asking is limited like signing in, so that nobody's mailbox is filled.
    """
    rate, now = settings.RATE_LIMITS["login"], time.time()
    verdicts = [
        spend("reset", who, rate, now)
        for who in (f"ip:{address}", f"account:{email.strip().lower()}")
    ]
    if not all(verdict.is_allowed for verdict in verdicts):
        return 0
    person = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    return person.pk if person else 0


def send_link(user_id: int) -> None:
    person = User.objects.filter(pk=user_id, is_active=True).first()
    if person is None:
        return
    form = LinkForm({"email": person.email})
    if form.is_valid():
        # The link's host comes from the settings, never from a request.
        host = urlsplit(settings.PUBLIC_URL).netloc
        form.save(domain_override=host, use_https=settings.IS_HTTPS)
