"""The id under which an event is kept, made from what the sender says and nothing else:
sent again, it is the same one. Its first 48 bits are the sender's moment."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

LOW_BITS = (1 << 62) - 1
VERSION_7 = 0x7 << 76
VARIANT = 0b10 << 62


class AtMissingError(ValueError):
    """An id that does not hold its moment says nothing without one."""


def kept_id(said: str | None, at_ms: int | None, mask: int, now: datetime) -> bytes:
    """`at_ms` as the sender said it, not yet put right: that changes with each sending.

    `mask` is the store's: the same id of two stores is two events.
    """
    if said is None:
        return (
            round(now.timestamp() * 1000) << 80
            | VERSION_7
            | secrets.randbits(12) << 64
            | VARIANT
            | secrets.randbits(62)
        ).to_bytes(16)
    if len(said) == 36 and said[14] == "7" and said[19] in "89abAB":
        try:
            octets = bytes.fromhex(said.replace("-", ""))
        except ValueError:
            octets = b""
        if len(octets) == 16:
            return (int.from_bytes(octets) ^ mask).to_bytes(16)
    if at_ms is None:
        raise AtMissingError
    return hashed(said, at_ms, mask)


def hashed(said: str, at_ms: int, mask: int) -> bytes:
    text = b"%d:%s" % (mask, said.encode())
    drawn = int.from_bytes(hashlib.blake2b(text, digest_size=10).digest())
    high = (drawn >> 64 & 0xFFF) << 64
    return (at_ms << 80 | VERSION_7 | high | VARIANT | drawn & LOW_BITS).to_bytes(16)
