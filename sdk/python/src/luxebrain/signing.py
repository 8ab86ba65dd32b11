"""How a server shows that it holds the secret key, which itself never travels."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

KEY = re.compile(r"(sk_[A-Za-z0-9]+)_[A-Za-z0-9]+")


class Signer:
    """Holds what is derived from the secret key, and its public part; not the key."""

    def __init__(self, key: str) -> None:
        found = KEY.fullmatch(key)
        if found is None:
            raise ValueError("A server needs a secret key: sk_…_….")
        self.public_part = found[1]
        self._signing_key = hmac.digest(key.encode(), b"luxebrain-signing-v1", "sha256")

    def __repr__(self) -> str:
        return f"Signer({self.public_part})"

    def sign(self, text: str) -> str:
        return hmac.new(self._signing_key, text.encode(), hashlib.sha256).hexdigest()

    def canonical(
        self, method: str, path: str, timestamp: int, nonce: str, body: bytes
    ) -> str:
        """What is signed. `path` with its query, and `body`, as they go over the wire."""
        digest = hashlib.sha256(body).hexdigest()
        return "\n".join([method, path, str(timestamp), nonce, digest])

    def headers(
        self, method: str, path: str, timestamp: int, body: bytes
    ) -> dict[str, str]:
        """A nonce counts once, so each attempt needs headers of its own."""
        nonce = secrets.token_urlsafe(16)
        text = self.canonical(method, path, timestamp, nonce, body)
        return {
            "LuxeBrain-Key": self.public_part,
            "LuxeBrain-Timestamp": str(timestamp),
            "LuxeBrain-Nonce": nonce,
            "LuxeBrain-Signature": self.sign(text),
        }

    def token(self, purpose: str, customer: int, expires: int) -> str:
        """`expires` in seconds since 1970."""
        text = f"v1.{self.public_part}.{customer}.{expires}"
        signature = self.sign(f"luxebrain-{purpose}-v1\n{text}")
        return f"{text}.{signature}"
