"""Turns credentials into a caller, or refuses with one reason for all refusals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from apps.accounts.models import ApiKey, Store, StoreOrigin
from apps.accounts.services import keys, nonces, sealed, signing
from apps.accounts.services.callers import PUBLISHABLE, SECRET, Caller
from apps.core.errors import LuxeBrainError

TIMESTAMP = re.compile(r"[0-9]{1,12}")
NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")


class NotRecognizedError(LuxeBrainError):
    code = "not_recognized"
    status = 401


@dataclass(frozen=True)
class SignedRequest:
    """`path` with its query, as sent; `headers` case-insensitive."""

    method: str
    path: str
    body: bytes
    headers: Mapping[str, str]


def recognize_signed(request: SignedRequest, at: datetime) -> Caller:
    """1. The key exists and is usable. 2. The signature fits. 3. The moment is near.
    4. The nonce is new: spent last, so that strangers cannot burn nonces."""
    key = keys.find_secret(request.headers.get("LuxeBrain-Key", ""), at)
    if key is None or not fits(key, request):
        raise NotRecognizedError("The key or the signature is wrong.")
    check_clock(request, at)
    if not nonces.spend(key, request.headers["LuxeBrain-Nonce"], at):
        raise NotRecognizedError("This request was accepted before.")
    return welcome(key, SECRET, at)


def check_clock(request: SignedRequest, at: datetime) -> None:
    timestamp = request.headers["LuxeBrain-Timestamp"]
    # Whole seconds on both sides, so that exactly five minutes pass either way.
    if abs(int(timestamp) - int(at.timestamp())) > nonces.WINDOW.total_seconds():
        raise NotRecognizedError(
            "The timestamp is more than five minutes away. Check the clock."
        )


def fits(key: ApiKey, request: SignedRequest) -> bool:
    return is_signed_by(sealed.unseal(bytes(key.signing_key)), request)


def is_signed_by(signing_key: bytes, request: SignedRequest) -> bool:
    timestamp = request.headers.get("LuxeBrain-Timestamp", "")
    nonce = request.headers.get("LuxeBrain-Nonce", "")
    if not (TIMESTAMP.fullmatch(timestamp) and NONCE.fullmatch(nonce)):
        return False
    text = signing.canonical(
        request.method, request.path, timestamp, nonce, request.body
    )
    signature = request.headers.get("LuxeBrain-Signature", "")
    return signing.is_signed(signing_key, text, signature)


def recognize_publishable(shown: str, origin: str, at: datetime) -> Caller:
    """A publishable key counts only on pages of its store."""
    key = keys.find_publishable(shown, at)
    if key is None or not StoreOrigin.objects.of(key.store).naming(origin).exists():
        raise NotRecognizedError("The key is unknown, or this page is not its shop's.")
    return welcome(key, PUBLISHABLE, at)


def welcome(key: ApiKey, kind: str, at: datetime) -> Caller:
    if key.store.status == Store.Status.CLOSED:
        raise NotRecognizedError("This store is closed.")
    keys.note_use(key, at)
    return Caller(key.store, kind, scopes=frozenset(key.scopes), key_id=key.pk)
