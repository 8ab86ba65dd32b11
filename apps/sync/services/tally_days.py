"""Counts, sums and digests by day: equal only if every thing of the day is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from apps.sync.models import Certificate, CertificateLine

# Digests are added up: pages may come in any order, and a run may be killed between.
WIDTH = 2**256


@dataclass
class Day:
    count: int = 0
    total: Decimal = Decimal(0)
    digest: int = 0


@dataclass
class Days:
    """One side of a comparison; sums are of amounts in one currency, the store's."""

    currency: str = ""
    by_day: dict[date | None, Day] = field(default_factory=dict)
    marks: dict[int, int] = field(default_factory=dict)

    def add(
        self,
        woo_id: int,
        values: Mapping[str, Any],
        essence: Mapping[str, Any],
        currency: str | None,
    ) -> None:
        """`currency` as in Copy.currency."""
        moment = values.get("source_created_at")
        day = self.by_day.setdefault(moment.date() if moment else None, Day())
        mark = digest(woo_id, essence)
        day.count += 1
        if currency in (None, self.currency):
            day.total += values.get("total") or values.get("amount") or Decimal(0)
        day.digest = (day.digest + mark) % WIDTH
        self.marks[woo_id] = mark

    def unlike(self, other: Days) -> set[int]:
        """Ids that the two do not say alike."""
        ids = set(self.marks) | set(other.marks)
        return {
            woo_id
            for woo_id in ids
            if self.marks.get(woo_id) != other.marks.get(woo_id)
        }


def digest(woo_id: int, essence: Mapping[str, Any]) -> int:
    text = json.dumps([woo_id, essence], sort_keys=True, default=plain)
    return int.from_bytes(hashlib.sha256(text.encode()).digest())


def plain(value: Any) -> str:
    """Moments in one way of writing, whatever object holds their zone."""
    if isinstance(value, datetime):
        return f"{value.timestamp():.0f}"
    return str(value)


def add(certificate: Certificate, kind: str, shop: Days, ours: Days) -> None:
    days = set(shop.by_day) | set(ours.by_day)
    known = {
        line.created_on: line
        for line in certificate.lines.filter(kind=kind)
        if line.created_on in days
    }
    for day in days:
        line = known.get(day) or CertificateLine(
            store=certificate.store, certificate=certificate, kind=kind, created_on=day
        )
        theirs, mine = shop.by_day.get(day, Day()), ours.by_day.get(day, Day())
        line.shop_count += theirs.count
        line.our_count += mine.count
        line.shop_total += theirs.total
        line.our_total += mine.total
        line.shop_digest = added(line.shop_digest, theirs.digest)
        line.our_digest = added(line.our_digest, mine.digest)
        line.save()


def added(text: str, digest: int) -> str:
    return f"{(int(text or '0', 16) + digest) % WIDTH:064x}"
