"""What a signed request is. Pure: no clock, no database.

docs/decisions/0002 says why the signing key is derived; tests/fixtures/
signing_vectors.json is what every client is tested against.
"""

from __future__ import annotations

import hashlib
import hmac

PURPOSE = b"luxebrain-signing-v1"


def derive(secret_key: str) -> bytes:
    """The 32 bytes that sign, from the secret key as it was shown."""
    return hmac.digest(secret_key.encode(), PURPOSE, "sha256")


def canonical(method: str, path: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """`path` with its query, as sent."""
    digest = hashlib.sha256(body).hexdigest()
    return "\n".join([method.upper(), path, timestamp, nonce, digest]).encode()


def sign(signing_key: bytes, text: bytes) -> str:
    return hmac.new(signing_key, text, hashlib.sha256).hexdigest()


def is_signed(signing_key: bytes, text: bytes, signature: str) -> bool:
    """Compared in constant time."""
    expected = sign(signing_key, text).encode()
    return hmac.compare_digest(expected, signature.encode(errors="replace"))
