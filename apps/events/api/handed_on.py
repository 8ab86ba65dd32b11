"""A page's batch that the shop's own server hands on, for browsers that cannot reach us.

The server says so in the address, which it signs: `?source=page`. Its signature then proves
which shop it is and nothing of what is told, so all that holds for pages holds.
"""

from __future__ import annotations

import msgspec

from apps.core.client import NOBODY, valid_ip
from apps.core.door import Meta

SOURCE = "source=page"
LONGEST = 500


class Visitor(msgspec.Struct):
    """As the shop's server saw them; in the body, since addresses stand in logs."""

    visitor_address: str = ""
    visitor_browser: str = ""

    @property
    def ip(self) -> str:
        found = valid_ip(self.visitor_address)
        return "" if found == NOBODY else found


decoder = msgspec.json.Decoder(Visitor)


def is_handed_on(meta: Meta) -> bool:
    return SOURCE in meta.get("QUERY_STRING", "").split("&")


def visitor_of(body: bytes) -> Visitor:
    """Nobody known where the body cannot be read: who reads it next says why."""
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Visitor()
