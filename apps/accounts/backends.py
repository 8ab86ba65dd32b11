"""Signing in by e-mail, with a limit on failures."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from apps.accounts.models import User
from apps.accounts.services import audit
from apps.accounts.services.limits import give_back, spend
from apps.accounts.throttles import count
from apps.core.client import client_ip, network_of


class EmailBackend(ModelBackend):
    """E-mail in any case; every door (admin, API) comes through here.

    After too many failures even the right password is refused, which in the admin
    looks like a wrong one; the API answers 429.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **fields: Any,
    ) -> User | None:
        email = str(fields.get("email") or username or "").strip().lower()
        # DRF wraps the request whose answer tells what is left of a limit.
        raw = getattr(request, "_request", request)
        if raw is not None and not may_try(raw, email):
            raise PermissionDenied
        # The parent hashes a password also where no such user exists, so that the
        # time it takes tells nothing.
        user = super().authenticate(request, username=email, password=password)
        if not isinstance(user, User):
            return None
        if raw is not None:
            # A team behind one address signs in on Monday morning: only failures stay.
            for who in tries(raw, email):
                give_back("login", who, settings.RATE_LIMITS["login"], time.time())
        audit.record_person("signin.password_accepted", user)
        return user


def tries(request: HttpRequest, email: str) -> list[str]:
    """Tries count for the address and for the account, whichever is spent first."""
    return [f"ip:{network_of(request)}", f"account:{email}"]


def may_try(request: HttpRequest, email: str) -> bool:
    verdicts = [count(request, "login", who) for who in tries(request, email)]
    refused = [verdict for verdict in verdicts if not verdict.is_allowed]
    if refused:
        wait = max(verdict.reset for verdict in refused)
        request.sign_in_wait = wait  # type: ignore[attr-defined]
        tell_burst(email, client_ip(request))
    return not refused


def tell_burst(email: str, address: str) -> None:
    """A burst is one row an hour, not thousands."""
    user = User.objects.filter(email=email).first()
    who = f"account:{email}" if user else f"ip:{address}"
    if not spend("signin-told", who, "1/hour", time.time()).is_allowed:
        return
    if user:
        audit.record_person("signin.throttled", user, ip=address)
    else:
        audit.record("signin.throttled", store=None, ip=address)
