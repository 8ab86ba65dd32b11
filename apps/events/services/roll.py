"""Reading the stream on and adding it up: each batch once, whatever is killed when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import polars as pl
from django.db import connection, transaction

from apps.events.models import EventBatch, Freshness
from apps.events.services import batches
from apps.events.services.engines.chosen import engine
from apps.events.services.people.link import link_from
from apps.events.services.rolling.digest import Digest, digest, shops_of
from apps.events.services.rolling.keep import count_quota, keep, touch
from apps.events.services.rolling.seen import Shops

# A second or two of work.
MOST = 100_000
# Any number that nobody else takes: one writer of rollups at a time. SQLite has one
# writer at a time anyway.
MUTEX = 0x6C62_726F_6C6C


def roll(now: Callable[[], datetime], until: datetime) -> int:
    """Add up what has come, until all is or the time is over; how many events."""
    total = 0
    while True:
        count = roll_some(now())
        total += count
        if not count or now() >= until:
            return total


def roll_some(at: datetime, most: int = MOST) -> int:
    """The next batches. They are read before the lock is taken, and written only where
    nobody else has come first: on SQLite the lock would keep new events waiting."""
    found = next_batches(most)
    if not found:
        return 0
    events = engine().of_batches([batch.pk for batch in found])
    shops = shops_of(events["store_id"].unique())
    told = digest(events, shops, at)
    with transaction.atomic():
        hold()
        if not is_free(found, shops, at):
            return 0
        write(events, told, shops, at)
        batches.mark_rolled(found, at)
    return sum(batch.count for batch in found)


def next_batches(most: int) -> list[EventBatch]:
    """At least one where there is any, `most` events at most."""
    found: list[EventBatch] = []
    total = 0
    rows = EventBatch.objects.filter(rolled_at=None).order_by("pk")
    for batch in rows[: min(most, batches.MOST_BATCHES)]:
        total += batch.count
        if found and total > most:
            break
        found.append(batch)
    return found


def hold() -> None:
    """Until the transaction ends, nobody else writes rollups."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MUTEX])


def is_free(found: Sequence[EventBatch], shops: Shops, at: datetime) -> bool:
    """Nobody rolled these meanwhile, and none of their stores is being rebuilt."""
    pks = [batch.pk for batch in found]
    # Counted rather than locked: only who holds the mutex marks batches.
    left = EventBatch.objects.filter(pk__in=pks, rolled_at=None).count()
    rebuilt = Freshness.objects.across_stores().filter(store__in=list(shops))
    return left == len(pks) and not rebuilt.being_rebuilt(at).exists()


def write(events: pl.DataFrame, told: Digest, shops: Shops, at: datetime) -> None:
    keep(told, shops)
    link_from(events, at)
    count_quota(events, at)
    touch(shops, at)
