"""Who sends events. Looked up in the database once in five seconds for each key; a
revoked key opens nothing after that."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from django.db import connection
from django.utils import timezone

from apps.accounts.models import Store
from apps.accounts.models.keys import Scope
from apps.accounts.services import keys, recognize, sealed
from apps.accounts.services.callers import SECRET
from apps.accounts.services.recognize import NotRecognizedError, SignedRequest
from apps.core.errors import LuxeBrainError, NotAllowedError
from apps.events.models import Tracking

REMEMBERED_SECONDS = 5.0
# How long a look into the database may take.
GRACE_SECONDS = 2.0
MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Known:
    store: Store
    mask: int
    keeps_whole_ip: bool
    is_trusted: bool
    signing_key: bytes = b""


class Memory:
    """Only what was found is remembered, so that strangers cannot fill it."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], tuple[float, Known]] = {}
        self.lock = Lock()

    def get(self, key: tuple[str, str]) -> Known | None:
        entry = self.found.get(key)
        if entry is None:
            return None
        if entry[0] > time.monotonic():
            return entry[1]
        with self.lock:
            # Whoever comes first looks it up anew; the others go on with the old one
            # instead of asking the database all at once.
            entry = self.found.get(key)
            if entry is None or entry[0] <= time.monotonic():
                if entry is not None:
                    self.found[key] = (time.monotonic() + GRACE_SECONDS, entry[1])
                return None
            return entry[1]

    def put(self, key: tuple[str, str], known: Known) -> None:
        with self.lock:
            if len(self.found) >= MOST_REMEMBERED:
                self.found.clear()
            self.found[key] = (time.monotonic() + REMEMBERED_SECONDS, known)

    def drop(self, key: tuple[str, str]) -> None:
        self.found.pop(key, None)


memory = Memory()


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
    known = memory.get((shown, origin))
    if known is None:
        with looking_up((shown, origin)):
            at = timezone.now()
            caller = recognize.recognize_publishable(shown, origin, at)
            assert caller.store
            known = known_of(caller.store, caller.scopes, is_trusted=False)
        memory.put((shown, origin), known)
    return known


@contextmanager
def looking_up(key: tuple[str, str]) -> Iterator[None]:
    """What is not found any more is forgotten. The connection goes back to the pool at
    once: whoever holds one while it waits for the writer may keep it from the writer."""
    try:
        yield
    except LuxeBrainError:
        memory.drop(key)
        raise
    finally:
        if not connection.in_atomic_block:
            connection.close()


def known_server(prefix: str, request: SignedRequest, at: datetime) -> Known:
    """As everywhere, but that no nonce is spent: what is sent twice has the same ids."""
    known = memory.get((prefix, ""))
    if known is None:
        with looking_up((prefix, "")):
            known = look_up_server(prefix, request, at)
        memory.put((prefix, ""), known)
    elif not recognize.is_signed_by(known.signing_key, request):
        raise NotRecognizedError("The key or the signature is wrong.")
    recognize.check_clock(request, at)
    return known


def look_up_server(prefix: str, request: SignedRequest, at: datetime) -> Known:
    key = keys.find_secret(prefix, at)
    if key is None or not recognize.fits(key, request):
        raise NotRecognizedError("The key or the signature is wrong.")
    caller = recognize.welcome(key, SECRET, at)
    signing_key = sealed.unseal(bytes(key.signing_key))
    return known_of(key.store, caller.scopes, is_trusted=True, signing_key=signing_key)


def known_of(
    store: Store, scopes: frozenset[str], *, is_trusted: bool, signing_key: bytes = b""
) -> Known:
    if Scope.EVENTS not in scopes:
        raise NotAllowedError("This key may not send events.")
    tracking = Tracking.objects.for_store(store)
    return Known(
        store, tracking.id_mask, tracking.keeps_whole_ip, is_trusted, signing_key
    )
