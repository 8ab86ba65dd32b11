"""Adding up a store's days anew, from the events themselves, by the same definitions as
services/roll.py: the figures come out the same to the last digit.

1. Say that a rebuild lives: new events wait, the figures stand still.
2. Read every batch that can hold an event of these days, or of a visit that touches
   them. Batches, since a visitor's clock may be wrong by any time, and what batches say
   misses nothing.
3. Put each day in the place of the old one, each in a transaction of its own: killed
   between two, what is done is right and the rest is as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.db.models import Count, F, IntegerField, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from apps.accounts.models import Store
from apps.core.errors import ConflictError, InvalidInputError
from apps.events.models import (
    EventBatch,
    Freshness,
    Link,
    Metric,
    Session,
    Tracking,
    Visitor,
    VisitorDay,
)
from apps.events.services.engines.chosen import engine
from apps.events.services.people import attribute
from apps.events.services.roll import hold
from apps.events.services.rolling import counting, interactions, keep, tables, visits
from apps.events.services.rolling.digest import Digest, digest, shops_of, together
from apps.events.services.rolling.seen import Shop

Clock = Callable[[], datetime]
CHUNK = 200_000
MOST_NUMBERS = 50_000
# Folded into one when there are so many: as much memory as a few chunks take.
MOST_PARTS = 8
# Of servers among each other.
CLOCKS = timedelta(hours=1)
TOUCHED = 1_000


@dataclass(frozen=True)
class Window:
    """Whole days of the store: [first, last]."""

    store: Store
    shop: Shop
    first: date
    last: date

    @property
    def start(self) -> datetime:
        return self.shop.midnight(self.first)

    @property
    def end(self) -> datetime:
        return self.shop.midnight(self.last + timedelta(days=1))

    @property
    def days(self) -> list[date]:
        length = (self.last - self.first).days + 1
        return [self.first + timedelta(days=n) for n in range(length)]

    def within(self, column: str) -> pl.Expr:
        return (pl.col(column) >= self.start) & (pl.col(column) < self.end)


def rebuild(store: Store, first: date, last: date, now: Clock) -> int:
    """How many events were counted anew. Days of the store, both included."""
    window = Window(store, shops_of([store.pk])[store.pk], first, last)
    if last < first:
        raise InvalidInputError("The last day comes before the first one.")
    if oldest := oldest_whole_day(store, now()):
        if first < oldest:
            raise InvalidInputError(
                f"Events before {oldest} are no longer kept: their figures stay."
            )
    job = Rebuild(window, now, take(store, now()))
    try:
        return job.run()
    finally:
        # Only its own claim: another one may have taken over.
        mine = Freshness.objects.of(store).filter(rebuild_seen_at=job.seen_at)
        mine.update(rebuild_seen_at=None)


def oldest_whole_day(store: Store, now: datetime) -> date | None:
    """Before it, events were dropped or may have been; None: everything is there. What
    was dropped once does not come back by a plan that keeps more now."""
    tracking = Tracking.objects.for_store(store)
    limits = [
        days
        for days in (tracking.days_kept, store.limits.retention_days)
        if days is not None
    ]
    cuts = [now - timedelta(days=min(limits))] if limits else []
    if tracking.forgotten_to_at is not None:
        cuts.append(tracking.forgotten_to_at)
    if not cuts:
        return None
    return max(cuts).astimezone(store.zone).date() + timedelta(days=1)


def take(store: Store, at: datetime) -> datetime:
    """Returns the sign of life by which the claim is known."""
    with transaction.atomic():
        hold()
        fresh, _ = Freshness.objects.get_or_create(
            store=store, defaults={"rolled_at": at}
        )
        mine = Freshness.objects.of(store)
        if mine.being_rebuilt(at).exists():
            raise ConflictError("These figures are being rebuilt already.")
        mine.filter(pk=fresh.pk).update(rebuild_seen_at=at)
    return at


class Rebuild:
    """One rebuild, by whoever holds the store's."""

    def __init__(self, window: Window, now: Clock, seen_at: datetime) -> None:
        self.window, self.now, self.seen_at = window, now, seen_at
        self.store, self.shops = window.store, {window.store.pk: window.shop}
        # As they stand: nobody else writes them now.
        self.old = self.touching_sessions()
        self.parts: list[Digest] = []

    def touching_sessions(self) -> pl.DataFrame:
        rows = (
            Session.objects.of(self.store)
            .filter(started_at__lt=self.window.end, last_at__gte=self.window.start)
            .values_list("store_id", "key")
        )
        schema: dict[str, Any] = {n: visits.SESSION[n] for n in visits.VISIT}
        keys = pl.DataFrame(list(rows), schema=schema, orient="row")
        return tables.find(keep.SESSIONS, keys)

    def run(self) -> int:
        total = sum(self.read(chunk) for chunk in chunks(self.since()))
        whole = self.folded()
        self.replace_outside(whole)
        for day in self.window.days:
            self.replace(day, whole)
        self.finish(whole)
        return total

    def since(self) -> datetime:
        """No earlier batch says anything of these days or visits."""
        earliest = self.old["started_at"].min()
        start = self.window.start
        if isinstance(earliest, datetime):
            start = min(start, earliest)
        return start - CLOCKS

    def read(self, events: pl.DataFrame) -> int:
        self.live()
        mine = events.filter(pl.col("store_id") == self.store.pk)
        inside = mine.filter(self.window.within("at"))
        told = digest(inside, self.shops, self.now())
        # Not of every event within: an opened message takes part in no visit.
        keys = pl.concat([self.old["key"], told.sessions["key"]]).unique()
        outside = mine.filter(
            ~self.window.within("at") & pl.col("session").is_in(keys.implode())
        )
        with transaction.atomic():
            interactions.write(told.acts)
        rest = digest(outside, self.shops, self.now())
        sessions = visits.fold(pl.concat([told.sessions, rest.sessions]))
        self.parts.append(
            Digest(
                told.added,
                sessions,
                told.visitors,
                told.visitor_days,
                told.acts.clear(),
            )
        )
        if len(self.parts) >= MOST_PARTS:
            self.parts = [together(self.parts)]
        return inside.height

    def folded(self) -> Digest:
        if not self.parts:
            # Nothing is kept of these days: what was counted goes.
            self.read(engine().of_batches([]))
        return together(self.parts)

    def live(self) -> None:
        """Say so, and stop where another one took over meanwhile."""
        at = self.now()
        mine = Freshness.objects.of(self.store).filter(rebuild_seen_at=self.seen_at)
        if not mine.update(rebuild_seen_at=at):
            raise ConflictError("This rebuild was thought dead, and taken over.")
        self.seen_at = at

    def replace_outside(self, whole: Digest) -> None:
        """Visits that began before these days: only the difference is known of their
        days. And visits that are gone."""
        new = whole.sessions
        gone = self.old.join(new, on=visits.VISIT, how="anti")["key"].to_list()
        with transaction.atomic():
            hold()
            for share in shares(gone):
                Session.objects.of(self.store).filter(key__in=share).delete()
            outside = new.filter(~self.window.within("started_at"))
            tables.write(keep.SESSIONS, outside)
            before = self.old.filter(~self.window.within("started_at"))
            added = visits.added_by_sessions(before, self.shops)
            parts = [
                visits.added_by_sessions(outside, self.shops),
                added.with_columns(-pl.col("count", "amount")),
            ]
            tables.write(keep.METRICS, counting.summed(pl.concat(parts)))
            # Last, so that it is fresh when the lock is let go.
            self.live()

    def replace(self, day: date, whole: Digest) -> None:
        start = self.window.shop.midnight(day)
        end = self.window.shop.midnight(day + timedelta(days=1))
        is_mine = (pl.col("starts_at") >= start) & (pl.col("starts_at") < end)
        days = whole.visitor_days.filter(pl.col("seen_on") == day)
        began = whole.sessions.filter(
            (pl.col("started_at") >= start) & (pl.col("started_at") < end)
        )
        parts = [
            whole.added.filter(is_mine & self.is_whole()),
            visits.added_by_sessions(began, self.shops),
            visits.added_by_visitors(days, self.shops),
        ]
        with transaction.atomic():
            hold()
            self.drop(start, end)
            VisitorDay.objects.of(self.store).filter(seen_on=day).delete()
            tables.write(keep.SESSIONS, began)
            tables.write(keep.VISITOR_DAYS, days)
            tables.write(keep.METRICS, counting.summed(pl.concat(parts)))
            self.live()

    def is_whole(self) -> pl.Expr:
        """An hour that lies across the window's edge is not known as a whole, where the
        store's clock is half an hour off: it stays as it was."""
        end = pl.col("starts_at") + pl.duration(hours=1)
        inside = (pl.col("starts_at") >= self.window.start) & (end <= self.window.end)
        return (pl.col("grain") != "hour") | inside

    def drop(self, start: datetime, end: datetime) -> None:
        whole_hour = Q(starts_at__lte=self.window.end - timedelta(hours=1))
        Metric.objects.of(self.store).filter(
            ~Q(grain=Metric.Grain.HOUR) | whole_hour,
            starts_at__gte=start,
            starts_at__lt=end,
        ).delete()

    def finish(self, whole: Digest) -> None:
        at = self.now()
        with transaction.atomic():
            hold()
            keep.keep_visitors(whole.visitors)
            keep.touch(self.shops, at)
        for share in shares(self.concerned(whole)):
            with transaction.atomic():
                hold()
                self.recount(share)
                linked = Link.objects.of(self.store).filter(visitor__in=share)
                names = linked.values_list("visitor", flat=True)
                attribute.attribute(self.store, names)
        keep.touch(self.shops, self.now())

    def concerned(self, whole: Digest) -> list[str]:
        """Who was here in these days, or whose visit is another one's now."""
        visits_of = self.old["visitor"], whole.sessions["visitor"]
        names = pl.concat([whole.visitors["key"], *visits_of]).unique()
        return sorted(names.filter(names != ""))

    def recount(self, visitors: Sequence[str]) -> None:
        sessions = Session.objects.of(self.store).of_people()
        own = sessions.filter(visitor=OuterRef("key")).order_by()
        counted = own.values("visitor").annotate(n=Count("pk")).values("n")
        number = Coalesce(Subquery(counted), 0, output_field=IntegerField())
        mine = Visitor.objects.of(self.store).filter(key__in=visitors)
        mine.annotate(n=number).exclude(sessions=F("n")).update(sessions=number)


LAST_NUMBER = {
    "postgresql": (
        "SELECT coalesce(pg_sequence_last_value("
        "pg_get_serial_sequence('events_eventbatch', 'id')::regclass), 0)"
    ),
    "sqlite": (
        "SELECT coalesce(max(seq), 0) FROM sqlite_sequence"
        " WHERE name = 'events_eventbatch'"
    ),
}


def last_number() -> int:
    """Of a batch. Old batches are forgotten; their numbers stay with their events."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_NUMBER[connection.vendor])
        return int(cursor.fetchone()[0])


def first_number(since: datetime) -> int:
    """Of a batch that came at that moment or later, as far as batches still tell."""
    if not EventBatch.objects.filter(received_at__lt=since).exists():
        return 1
    later = EventBatch.objects.filter(received_at__gte=since)
    return later.aggregate(first=Min("pk"))["first"] or last_number() + 1


def chunks(since: datetime) -> Iterator[pl.DataFrame]:
    """Events that were counted already, about CHUNK at a time: a range of numbers each,
    as wide as the last one's events suggest."""
    start, last, width = first_number(since), last_number(), 4
    while start <= last:
        numbers = range(start, min(start + width, last + 1))
        events = engine().of_batches(numbers)
        # Asked after: a batch that was committed in between has not been counted.
        waiting = EventBatch.objects.filter(
            pk__range=(numbers[0], numbers[-1]), rolled_at=None
        ).values_list("pk", flat=True)
        yield events.filter(~pl.col("batch_id").is_in(list(waiting)))
        start += width
        fitting = width * CHUNK // max(events.height, 1)
        width = max(1, min(fitting, width * 4, MOST_NUMBERS))


def shares(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), TOUCHED):
        yield names[start : start + TOUCHED]
