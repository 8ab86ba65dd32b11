"""Secrets at rest, encrypted with keys from the environment."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from apps.core.errors import LuxeBrainError


class UnreadableSecretError(LuxeBrainError):
    """None of FIELD_KEYS opens it: a key was taken away too early."""

    code = "unreadable_secret"
    status = 500


def box() -> MultiFernet:
    """The first key encrypts, all decrypt: so keys can be rotated."""
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


def seal(secret: bytes) -> bytes:
    return box().encrypt(secret)


def unseal(sealed: bytes) -> bytes:
    try:
        return box().decrypt(sealed)
    except InvalidToken as error:
        raise UnreadableSecretError("No key of FIELD_KEYS opens this.") from error


def reseal(sealed: bytes) -> bytes:
    """The same secret under the first key."""
    return box().rotate(sealed)
