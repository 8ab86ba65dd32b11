"""Who sends events. Looked up in the database once in five seconds for each key; a
revoked key opens nothing after that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from apps.accounts.models import Store
from apps.accounts.models.keys import Scope
from apps.accounts.services import keys, recognize, sealed
from apps.accounts.services.callers import SECRET
from apps.accounts.services.recognize import NotRecognizedError, SignedRequest
from apps.core.errors import NotAllowedError
from apps.core.services.memory import Memory
from apps.events.models import Tracking


@dataclass(frozen=True, slots=True)
class Known:
    store: Store
    mask: int
    keeps_whole_ip: bool
    is_trusted: bool
    signing_key: bytes = b""


memory: Memory[tuple[str, str], Known] = Memory()


class Headers(Mapping[str, str]):
    """Of a WSGI request, by the names that a sender gives them."""

    def __init__(self, meta: Mapping[str, Any]) -> None:
        self.meta = meta

    def __getitem__(self, name: str) -> str:
        return str(self.meta[f"HTTP_{name.upper().replace('-', '_')}"])

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0


def known_page(shown: str, origin: str) -> Known:
    return memory.ask((shown, origin.lower()), lambda: look_up_page(shown, origin))


def look_up_page(shown: str, origin: str) -> Known:
    with lent():
        caller = recognize.recognize_publishable(shown, origin, timezone.now())
        assert caller.store
        return known_of(caller.store, caller.scopes, is_trusted=False)


@contextmanager
def lent() -> Iterator[None]:
    """The connection goes back to the pool at once: whoever holds one while it waits for
    the writer may keep it from the writer."""
    try:
        yield
    finally:
        if not connection.in_atomic_block:
            connection.close()


def known_server(prefix: str, request: SignedRequest, at: datetime) -> Known:
    """As everywhere, but that no nonce is spent: what is sent twice has the same ids."""
    known = memory.get((prefix, ""))
    if known is None:
        known = memory.learn((prefix, ""), lambda: look_up_server(prefix, request, at))
    elif not recognize.is_signed_by(known.signing_key, request):
        raise NotRecognizedError("The key or the signature is wrong.")
    recognize.check_clock(request, at)
    return known


def look_up_server(prefix: str, request: SignedRequest, at: datetime) -> Known:
    with lent():
        key = keys.find_secret(prefix, at)
        if key is None or not recognize.fits(key, request):
            raise NotRecognizedError("The key or the signature is wrong.")
        caller = recognize.welcome(key, SECRET, at)
        own = sealed.unseal(bytes(key.signing_key))
        return known_of(key.store, caller.scopes, is_trusted=True, signing_key=own)


def known_of(
    store: Store, scopes: frozenset[str], *, is_trusted: bool, signing_key: bytes = b""
) -> Known:
    if Scope.EVENTS not in scopes:
        raise NotAllowedError("This key may not send events.")
    tracking = Tracking.objects.for_store(store)
    return Known(
        store, tracking.id_mask, tracking.keeps_whole_ip, is_trusted, signing_key
    )
