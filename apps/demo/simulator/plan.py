"""What is to be built: the seed, the size and the days."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]

# Known to the truth only: what would happen next, for checks of forecasts.
FUTURE_DAYS = 90


@dataclass(frozen=True)
class Plan:
    """`until` is the first day that has not happened yet; history ends before it."""

    seed: int
    until: date
    products: int = 600
    customers: int = 8_000
    months: int = 24
    time_zone: str = "Asia/Dubai"
    currency: str = "EUR"

    @cached_property
    def start(self) -> date:
        month = self.until.year * 12 + self.until.month - 1 - self.months
        return date(month // 12, month % 12 + 1, min(self.until.day, 28))

    @cached_property
    def days(self) -> int:
        """Days of history; day 0 is `start`, day `days` is `until`."""
        return (self.until - self.start).days

    @property
    def horizon(self) -> int:
        """Days with a future that only the truth knows."""
        return self.days + FUTURE_DAYS

    @cached_property
    def midnight(self) -> datetime:
        """When day 0 begins, in UTC."""
        local = datetime(
            self.start.year, self.start.month, self.start.day, tzinfo=self.zone
        )
        return local.astimezone(UTC)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def as_of(self) -> datetime:
        return self.at(self.days * 86_400)

    def day(self, on: date) -> int:
        return (on - self.start).days

    def date(self, day: int) -> date:
        return self.start + timedelta(days=day)

    def at(self, second: float) -> datetime:
        """Seconds since day 0's midnight (a zone without summer time) as a moment."""
        return self.midnight + timedelta(seconds=int(second))

    def rng(self, name: str, *more: int) -> np.random.Generator:
        """A stream of its own for each question, so that one does not move another."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode()), *more])
