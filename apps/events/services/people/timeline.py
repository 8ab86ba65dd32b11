"""From what was seen of a visitor to who it was, when. Pure: the same sightings give
the same spells, in whatever order they came. docs/identity.md states the rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby, pairwise

from apps.events.models import Evidence

# Of one browser: above it, it stands in a shop or a library.
MOST_CUSTOMERS = 5
# Of one customer on one day (UTC): above it, a token is shared or a machine is at work.
MOST_VISITORS = 30


@dataclass(frozen=True)
class Seen:
    """One hour's sightings of a customer by one kind of evidence."""

    customer: int
    evidence: str
    first_at: datetime
    last_at: datetime

    @property
    def day(self) -> date:
        return self.first_at.astimezone(UTC).date()


@dataclass(frozen=True, order=True)
class Point:
    at: datetime
    customer: int
    evidence: str


@dataclass(frozen=True)
class Spell:
    """`ended_at` is None for who it is now. The first one begins with the visitor."""

    customer: int
    evidence: str
    first_at: datetime
    last_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Timeline:
    spells: tuple[Spell, ...] = ()
    is_shared: bool = False

    def customer_at(self, at: datetime) -> int | None:
        """Who had signed in last; before the first sign-in, who signed in first."""
        for spell in reversed(self.spells):
            if spell.first_at <= at:
                return spell.customer
        return self.spells[0].customer if self.spells else None

    @property
    def customers(self) -> list[int]:
        """Each once, in the order of their first spells."""
        return list(dict.fromkeys(spell.customer for spell in self.spells))


def timeline(
    sightings: Iterable[Seen],
    denied: Mapping[int, datetime],
    crowded: Collection[tuple[int, date]],
) -> Timeline:
    """`denied` says until when a customer's sightings do not count, by hand."""
    points = [
        point
        for seen in sightings
        if (seen.customer, seen.day) not in crowded
        for point in points_of(seen)
        if seen.customer not in denied or point.at > denied[seen.customer]
    ]
    signed_in = sorted({p for p in points if p.evidence != Evidence.EMAIL})
    if not signed_in:
        return Timeline(by_mail(sorted(set(points))))
    if len({point.customer for point in signed_in}) > MOST_CUSTOMERS:
        return Timeline(is_shared=True)
    return Timeline(spells_of(signed_in))


def points_of(seen: Seen) -> tuple[Point, Point]:
    first = Point(seen.first_at, seen.customer, seen.evidence)
    return first, Point(seen.last_at, seen.customer, seen.evidence)


def by_mail(points: Sequence[Point]) -> tuple[Spell, ...]:
    """The first reader: whoever clicks later on the same browser got the mail passed on,
    or read it on someone else's."""
    return spells_of([p for p in points if p.customer == points[0].customer])


def spells_of(points: Sequence[Point]) -> tuple[Spell, ...]:
    runs = [list(run) for _, run in groupby(points, lambda point: point.customer)]
    ends = [run[0].at for _, run in pairwise(runs)]
    return tuple(
        Spell(run[0].customer, run[0].evidence, run[0].at, run[-1].at, ended_at)
        for run, ended_at in zip(runs, [*ends, None], strict=False)
    )
