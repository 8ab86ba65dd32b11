"""The plugin's digests: docs/plugin-digest.md says what both sides compute."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from apps.sync.woo.client import Client
from apps.sync.woo.errors import ShopBrokenError

NAMESPACE = "wc-luxebrain/v1"
NOTHING = b"\0" * 32


@dataclass(frozen=True)
class DayDigest:
    count: int
    total: Decimal
    # In hexadecimal: of each thing's line the SHA-256, all of them XORed.
    digest: str


Digests = dict[date, DayDigest]


def ask(client: Client, kind: str) -> Digests:
    answer = client.patiently("GET", "digest", params={"kind": kind}, version=NAMESPACE)
    try:
        return {
            date.fromisoformat(day): DayDigest(int(count), Decimal(total), str(digest))
            for day, count, total, digest in answer.data["days"]
        }
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise ShopBrokenError("The plugin answers with something else.") from error


def gather(things: Iterable[tuple[date, str, Decimal]]) -> Digests:
    """Of (day, line, amount)."""
    found: dict[date, list[Any]] = {}
    for day, line, amount in things:
        sums = found.setdefault(day, [0, Decimal(0), 0])
        sums[0] += 1
        sums[1] += amount
        sums[2] ^= int.from_bytes(hashlib.sha256(line.encode()).digest())
    return {
        day: DayDigest(count, total, f"{xor:064x}")
        for day, (count, total, xor) in found.items()
    }
