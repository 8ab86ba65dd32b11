"""Signatures of webhooks. Pure: no clock, no database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import html


def secret_of(master: str, topic: str) -> str:
    """Each topic has its own: a signed order replayed as a product is not signed.

    Hexadecimal, since WooCommerce decodes entities in a secret before it signs.
    """
    return hmac.new(master.encode(), topic.encode(), hashlib.sha256).hexdigest()


def sign(secret: str, body: bytes) -> str:
    key = html.unescape(secret).encode()
    return base64.b64encode(hmac.digest(key, body, "sha256")).decode()


def is_signed(secret: str, body: bytes, signature: str) -> bool:
    """Compared in constant time."""
    expected = sign(secret, body).encode()
    return hmac.compare_digest(expected, signature.encode(errors="replace"))
