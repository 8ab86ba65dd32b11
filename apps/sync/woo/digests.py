"""The plugin's digests: docs/plugin-digest.md says what both sides compute."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from apps.sync.woo.client import Client
from apps.sync.woo.errors import ShopBrokenError
from apps.sync.woo.fields import amount, as_number
from apps.sync.woo.plugin import NAMESPACE

DIGEST = re.compile(r"[0-9a-f]{64}")
NOTHING = b"\0" * 32


@dataclass(frozen=True)
class DayDigest:
    count: int
    total: Decimal
    # In hexadecimal: of each thing's line the SHA-256, all of them XORed.
    digest: str


Digests = dict[date, DayDigest]


def ask(client: Client, kind: str) -> Digests:
    """Asked once: the caller has another way."""
    answer = client.ask("GET", "digest", {"kind": kind}, None, NAMESPACE)
    try:
        return {
            date.fromisoformat(day): DayDigest(
                max(0, as_number(count)),
                amount({"total": total}, "total"),
                text(digest),
            )
            for day, count, total, digest in answer.data["days"]
        }
    except (KeyError, TypeError, ValueError) as error:
        raise ShopBrokenError("The plugin answers with something else.") from error


def text(digest: Any) -> str:
    return str(digest) if DIGEST.fullmatch(str(digest)) else ""


def gather(things: Iterable[tuple[date, str, Decimal]]) -> Digests:
    """Of (day, line, worth)."""
    found: dict[date, list[Any]] = {}
    for day, line, worth in things:
        sums = found.setdefault(day, [0, Decimal(0), 0])
        sums[0] += 1
        sums[1] += worth
        sums[2] ^= int.from_bytes(hashlib.sha256(line.encode()).digest())
    return {
        day: DayDigest(count, total, f"{xor:064x}")
        for day, (count, total, xor) in found.items()
    }
