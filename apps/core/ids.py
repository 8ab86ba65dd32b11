"""Time-ordered ids: new rows land at the end of an index, not all over it."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from uuid import UUID


def uuid7(at: datetime | None = None) -> UUID:
    """UUID version 7 of RFC 9562: 48 bits of milliseconds, then 74 random bits."""
    moment = at or datetime.now(UTC)
    milliseconds = int(moment.timestamp() * 1000)
    value = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64
    return UUID(int=value | 0b10 << 62 | secrets.randbits(62))


def moment_of(identifier: UUID) -> datetime:
    """When a version 7 id was made; raises ValueError for other versions."""
    if identifier.version != 7:
        raise ValueError("Only version 7 ids carry their moment.")
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC)
