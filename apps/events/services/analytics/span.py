"""The days that a question is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from apps.accounts.models import Store
from apps.core.errors import InvalidInputError

USUAL = 30
MOST_DAYS = 731
FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True)
class Span:
    """Whole days of the store, both included."""

    store: Store
    first: date
    last: date

    @property
    def start(self) -> datetime:
        return midnight(self.store, self.first)

    @property
    def end(self) -> datetime:
        return midnight(self.store, self.last + timedelta(days=1))

    @property
    def days(self) -> list[date]:
        length = (self.last - self.first).days + 1
        return [self.first + timedelta(days=n) for n in range(length)]

    @property
    def before(self) -> Span:
        """As many days before these."""
        length = timedelta(days=len(self.days))
        return Span(self.store, self.first - length, self.last - length)


def midnight(store: Store, day: date) -> datetime:
    return datetime.combine(day, time.min, store.zone).astimezone(UTC)


def today_of(store: Store, now: datetime) -> date:
    return now.astimezone(store.zone).date()


def last_days(store: Store, now: datetime, days: int = USUAL) -> Span:
    today = today_of(store, now)
    return Span(store, today - timedelta(days=days - 1), today)


def span_of(store: Store, now: datetime, first: date | None, last: date | None) -> Span:
    """What was asked, with the usual days where nothing was."""
    last = last or today_of(store, now)
    if not FIRST <= last <= LAST or (first and not FIRST <= first <= LAST):
        raise InvalidInputError("Ask for days between 2000 and 2100.")
    first = first or max(FIRST, last - timedelta(days=USUAL - 1))
    if last < first:
        raise InvalidInputError("The last day comes before the first one.")
    if (last - first).days >= MOST_DAYS:
        raise InvalidInputError(f"Ask for {MOST_DAYS} days at most.")
    return Span(store, first, last)
