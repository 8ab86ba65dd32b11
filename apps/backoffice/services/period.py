"""The days that the home page is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from apps.accounts.models import Store

LENGTHS = {7: "7 days", 30: "30 days", 90: "90 days", 365: "12 months"}
USUAL = 30


@dataclass(frozen=True)
class Period:
    """Whole days of the store, the last one under way: [start, end)."""

    days: int
    start: datetime
    end: datetime

    @property
    def name(self) -> str:
        return LENGTHS[self.days]

    @property
    def before(self) -> Period:
        """As many days before these."""
        length = timedelta(days=self.days)
        return Period(self.days, self.start - length, self.start)


def last_days(store: Store, now: datetime, days: int) -> Period:
    days = days if days in LENGTHS else USUAL
    tomorrow = now.astimezone(store.zone).date() + timedelta(days=1)
    return Period(
        days,
        midnight(store, tomorrow - timedelta(days=days)),
        midnight(store, tomorrow),
    )


def midnight(store: Store, day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=store.zone)
