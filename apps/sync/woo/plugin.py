"""How a question to our plugin in the shop is signed: docs/plugin-digest.md."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from apps.accounts.services import signing

NAMESPACE = "wc-luxebrain/v1"


@dataclass(frozen=True)
class Signer:
    """The key that was made for the plugin: it proves to it who asks."""

    prefix: str
    signing_key: bytes = field(repr=False)

    def headers(
        self, method: str, route: str, query: Mapping[str, Any]
    ) -> dict[str, str]:
        moment, nonce = str(int(time.time())), secrets.token_hex(16)
        text = signing.canonical(method, signed_path(route, query), moment, nonce, b"")
        return {
            "LuxeBrain-Key": self.prefix,
            "LuxeBrain-Timestamp": moment,
            "LuxeBrain-Nonce": nonce,
            "LuxeBrain-Signature": signing.sign(self.signing_key, text),
        }


def signed_path(route: str, query: Mapping[str, Any]) -> str:
    """The route behind /wp-json and the query, sorted: whatever stands before it, and
    whatever OAuth adds to it, is signed the same."""
    pairs = sorted((name, str(value)) for name, value in query.items())
    return f"{route}?{urlencode(pairs, quote_via=quote, safe='')}" if pairs else route
