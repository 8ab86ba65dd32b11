"""Signing in by e-mail, with a limit on tries."""

from __future__ import annotations

import time
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from apps.accounts.models import User
from apps.accounts.services import audit
from apps.accounts.services.limits import spend
from apps.accounts.throttles import count
from apps.core.client import client_ip


class EmailBackend(ModelBackend):
    """E-mail in any case. Too many tries look like a wrong password."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **fields: Any,
    ) -> User | None:
        email = str(fields.get("email") or username or "").strip().lower()
        if request is not None and not may_try(request, email):
            raise PermissionDenied
        # The parent hashes a password also where no such user exists, so that the
        # time it takes tells nothing.
        user = super().authenticate(request, username=email, password=password)
        return user if isinstance(user, User) else None


def may_try(request: HttpRequest, email: str) -> bool:
    """Tries count for the address and for the account, whichever is spent first."""
    address = client_ip(request)
    verdicts = [
        count(request, "login", f"ip:{address}"),
        count(request, "login", f"account:{email}"),
    ]
    if all(verdict.is_allowed for verdict in verdicts):
        return True
    # A burst is one row, not thousands: the one that went past the limit first.
    told = spend("signin-told", address, "1/hour", time.time())
    if told.is_allowed:
        audit.record("signin.throttled", store=None, ip=address)
    return False
