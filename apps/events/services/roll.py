"""Reading the stream on and adding it up: each batch once, whatever is killed when."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

import polars as pl
from django.db import DataError, IntegrityError, connection, transaction

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
# What a batch is to blame for, rather than the machine: trying again does not help.
BLAMED = (DataError, IntegrityError, OverflowError, pl.exceptions.PolarsError)
logger = logging.getLogger(__name__)


def roll(now: Callable[[], datetime], until: datetime) -> int:
    """Add up what has come, until all is or the time is over; how many events."""
    total = 0
    while True:
        count = roll_some(now())
        total += count
        if not count or now() >= until:
            return total


def roll_some(at: datetime, most: int = MOST) -> int:
    """The next batches: one that cannot be counted is set aside, else it would keep
    every store's from being counted for ever."""
    found = next_batches(most)
    if not found:
        return 0
    try:
        return roll_these(found, at)
    except BLAMED:
        return roll_apart(found, at)


def roll_apart(found: Sequence[EventBatch], at: datetime) -> int:
    """In halves, down to the one that is to blame. Tried as a whole again first: a store
    that was deleted meanwhile is no batch's fault."""
    try:
        return roll_these(found, at)
    except BLAMED as error:
        if len(found) == 1:
            refuse(found[0], at, error)
            return 0
    half = len(found) // 2
    return roll_apart(found[:half], at) + roll_apart(found[half:], at)


def refuse(batch: EventBatch, at: datetime, error: Exception) -> None:
    # Not what the database said: it quotes values.
    logger.error("Batch %s cannot be counted: %s.", batch.pk, type(error).__name__)
    EventBatch.objects.waiting().filter(pk=batch.pk).update(refused_at=at)


def roll_these(found: Sequence[EventBatch], at: datetime) -> int:
    """They are read before the lock is taken, and written only where nobody else has
    come first: on SQLite the lock would keep new events waiting."""
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
    rows = EventBatch.objects.waiting().order_by("pk")
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
    left = EventBatch.objects.waiting().filter(pk__in=pks).count()
    rebuilt = Freshness.objects.across_stores().filter(store__in=list(shops))
    return left == len(pks) and not rebuilt.being_rebuilt(at).exists()


def write(events: pl.DataFrame, told: Digest, shops: Shops, at: datetime) -> None:
    keep(told, shops)
    link_from(events, at)
    count_quota(events, at)
    touch(shops, at)
