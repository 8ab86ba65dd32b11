"""From a digest into the tables. Called in a transaction that nobody else rolls in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from apps.accounts.models import Store
from apps.accounts.services import quota
from apps.events.models import Freshness
from apps.events.services.rolling import counting, interactions, tables, visits
from apps.events.services.rolling.digest import Digest
from apps.events.services.rolling.seen import Shops
from apps.events.services.rolling.tables import Table

METRICS = Table(
    "events_metric",
    counting.ADDED,
    unique=counting.CELL,
    added=["count", "amount"],
)
# The customer is put there by services/people alone.
SESSIONS = Table("events_session", visits.SESSION, unique=visits.VISIT)
VISITORS = Table("events_visitor", visits.VISITOR, unique=visits.VISIT)
VISITOR_DAYS = Table(
    "events_visitorday",
    visits.VISITOR_DAY,
    unique=list(visits.VISITOR_DAY),
    keeps_first=True,
)


def keep(found: Digest, shops: Shops) -> None:
    """What is kept already, what is new, and what the difference adds to the metrics."""
    old = tables.find(SESSIONS, found.sessions.select(visits.VISIT))
    new = visits.fold(pl.concat([old, found.sessions]))
    tables.write(SESSIONS, new)
    new_days = keep_days(found.visitor_days)
    more = pl.concat(
        [visits.sessions_by_visitor(new), negative(visits.sessions_by_visitor(old))]
    )
    keep_visitors(pl.concat([found.visitors, more]))
    before = visits.added_by_sessions(old, shops)
    parts = [
        found.added,
        visits.added_by_sessions(new, shops),
        before.with_columns(-pl.col("count", "amount")),
        visits.added_by_visitors(new_days, shops),
    ]
    tables.write(METRICS, counting.summed(pl.concat(parts)))
    interactions.write(found.acts)


def negative(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(-pl.col("sessions"))


def keep_days(days: pl.DataFrame) -> pl.DataFrame:
    """Those that nobody knew of."""
    known = tables.find(VISITOR_DAYS, days)
    new = days.join(known, on=list(visits.VISITOR_DAY), how="anti")
    tables.write(VISITOR_DAYS, new)
    return new


def keep_visitors(parts: pl.DataFrame) -> None:
    changed = visits.fold_visitors(parts)
    old = tables.find(VISITORS, changed.select(visits.VISIT))
    merged = visits.fold_visitors(pl.concat([old, changed]))
    # Without a moment only sessions are known, of a visitor whose row is gone.
    tables.write(VISITORS, merged.filter(pl.col("first_at").is_not_null()))


def count_quota(events: pl.DataFrame, at: datetime) -> None:
    """Robots and doubtful ones, too: what was kept was asked to be kept."""
    counts: Mapping[int, int] = dict(events["store_id"].value_counts().iter_rows())
    for store in Store.objects.filter(pk__in=counts):
        quota.count(store, quota.EVENTS, counts[store.pk], at)


def touch(stores: Shops, at: datetime) -> None:
    """Their figures changed: what was remembered of them is old."""
    for pk in stores:
        Freshness.objects.get_or_create(store_id=pk, defaults={"rolled_at": at})
    Freshness.objects.across_stores().filter(store__in=list(stores)).touch(at)
