"""What a heap of events comes to, before any table is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from apps.accounts.models import Store
from apps.events.services.rolling import counting, interactions, visits
from apps.events.services.rolling.seen import Shop, Shops, seen


@dataclass(frozen=True)
class Digest:
    """`added` is of single events; what sessions and visitors add to the metrics is
    known only next to what is kept of them."""

    added: pl.DataFrame
    sessions: pl.DataFrame
    visitors: pl.DataFrame
    visitor_days: pl.DataFrame
    acts: pl.DataFrame


def digest(events: pl.DataFrame, shops: Shops, as_of: datetime) -> Digest:
    rows = seen(events, shops)
    return Digest(
        counting.of_events(rows, shops, as_of),
        visits.sessions_of(rows),
        visits.visitors_of(rows),
        visits.visitor_days_of(rows),
        interactions.acts_of(rows),
    )


def together(parts: Sequence[Digest]) -> Digest:
    """The digest of all their events. Interactions are each event's own: not kept here,
    since they would be as many as the events."""
    return Digest(
        counting.summed(pl.concat(part.added for part in parts)),
        visits.fold(pl.concat(part.sessions for part in parts)),
        visits.fold_visitors(pl.concat(part.visitors for part in parts)),
        pl.concat(part.visitor_days for part in parts).unique(),
        parts[0].acts.clear(),
    )


def shops_of(ids: Iterable[int]) -> dict[int, Shop]:
    rows = Store.objects.filter(pk__in=list(ids)).only("time_zone", "currency")
    return {store.pk: Shop(store.zone, store.currency) for store in rows}
