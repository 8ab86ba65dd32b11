"""Which store's page is asking: looked up once in five seconds for each key and origin.

A revoked key opens nothing after that.
"""

from __future__ import annotations

from django.utils import timezone

from apps.accounts.services.callers import Caller
from apps.accounts.services.recognize import recognize_publishable
from apps.core.services.memory import Memory

KNOWN: Memory[tuple[str, str], Caller] = Memory()


def page_caller(shown: str, origin: str) -> Caller:
    # Letters' case tells no origins apart: each way to write one would be remembered.
    return KNOWN.ask(
        (shown, origin.lower()),
        lambda: recognize_publishable(shown, origin, timezone.now()),
    )
