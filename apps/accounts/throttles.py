"""Rate limits: strangers by address, a store's servers by key, every store in all."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from apps.accounts.services.callers import PUBLISHABLE, Caller
from apps.accounts.services.limits import Verdict, spend
from apps.core.client import network_of


class WindowThrottle(BaseThrottle):
    """One scope of settings.RATE_LIMITS; None as `who` means it does not apply."""

    scope = ""
    verdict: Verdict | None = None

    def who(self, request: Request) -> str | None:
        raise NotImplementedError

    def allow_request(self, request: Request, view: Any) -> bool:
        who = self.who(request)
        if who is None:
            return True
        self.verdict = count(request._request, self.scope, who)
        return self.verdict.is_allowed

    def wait(self) -> float | None:
        return float(self.verdict.reset) if self.verdict else None


class AnonymousThrottle(WindowThrottle):
    """A store's own server speaks for all its shoppers from one address, so whoever
    shows a key is counted by the key and never by the address."""

    scope = "ip"

    def who(self, request: Request) -> str | None:
        return None if request.auth else network_of(request._request)


class PageThrottle(WindowThrottle):
    """A publishable key stands in every page, so a stranger could spend it for all
    shoppers: its callers are counted by address too."""

    scope = "page"

    def who(self, request: Request) -> str | None:
        caller = request.auth
        is_page = isinstance(caller, Caller) and caller.kind == PUBLISHABLE
        return network_of(request._request) if is_page else None


class ShelfThrottle(PageThrottle):
    """Apart from other calls of pages: a shelf costs more, and fills the log."""

    scope = "shelf_page"


class PictureThrottle(PageThrottle):
    """A picture has to be read and looked at first."""

    scope = "picture_page"


class KeyThrottle(WindowThrottle):
    scope = "key"

    def who(self, request: Request) -> str | None:
        caller = request.auth
        return caller.name if isinstance(caller, Caller) else None


class LookThrottle(KeyThrottle):
    """A question that may keep a database busy for seconds."""

    scope = "look"


class StoreThrottle(WindowThrottle):
    scope = "store"

    def who(self, request: Request) -> str | None:
        caller = request.auth
        if not isinstance(caller, Caller) or caller.store is None:
            return None
        return str(caller.store.pk)


def count(request: HttpRequest, scope: str, who: str) -> Verdict:
    """Spend one request and remember the tightest verdict for the answer's headers."""
    verdict = spend(scope, who, settings.RATE_LIMITS[scope], time.time())
    tightest: Verdict | None = getattr(request, "rate_limit", None)
    if tightest is None or verdict.remaining < tightest.remaining:
        request.rate_limit = verdict  # type: ignore[attr-defined]
    return verdict


def count_stranger(request: HttpRequest) -> None:
    """A failed credential counts against the address; raises Throttled when spent."""
    verdict = count(request, "ip", network_of(request))
    if not verdict.is_allowed:
        raise Throttled(wait=float(verdict.reset))
