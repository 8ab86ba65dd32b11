"""Moments are whole seconds since 1970, as WooCommerce stores them; texts are made here."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from time import gmtime
from zoneinfo import ZoneInfo

STAMP = re.compile(
    r"^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.\d+)?(Z|z|[+-]\d\d(?::?\d\d)?)?$"
)
# No zone of the world changes its clock off a quarter of an hour.
QUARTER = 900


def gmt(moment: int | None) -> str | None:
    return None if moment is None else text_of(moment)


@lru_cache(maxsize=65_536)
def text_of(moment: int) -> str:
    t = gmtime(moment)
    return (
        f"{t.tm_year:04d}-{t.tm_mon:02d}-{t.tm_mday:02d}"
        f"T{t.tm_hour:02d}:{t.tm_min:02d}:{t.tm_sec:02d}"
    )


class Zone:
    """The shop's own time, from a cache: a page of orders asks for 400 of them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.zone = ZoneInfo(name)
        self.offsets: dict[int, int] = {}

    def offset(self, moment: int) -> int:
        quarter = moment // QUARTER
        found = self.offsets.get(quarter)
        if found is None:
            delta = datetime.fromtimestamp(moment, self.zone).utcoffset()
            found = self.offsets[quarter] = int(delta.total_seconds()) if delta else 0
        return found

    def local(self, moment: int | None) -> str | None:
        return None if moment is None else text_of(moment + self.offset(moment))

    def both(self, moment: int | None) -> tuple[str | None, str | None]:
        return self.local(moment), gmt(moment)

    def parse(self, text: str, *, is_gmt: bool = False) -> int | None:
        """None for what WordPress calls no date; a bare date is none either."""
        match = STAMP.match(text)
        if match is None:
            return None
        day, clock, zone = match.groups()
        offset = "+00:00" if zone in ("Z", "z") or (is_gmt and not zone) else zone
        try:
            moment = datetime.fromisoformat(f"{day}T{clock}{offset or ''}")
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self.zone)
        return int(moment.timestamp())


def seconds(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp())
