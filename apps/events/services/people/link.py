"""Find out from new events who visitors are. Called in the roll, in its transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import polars as pl

from apps.accounts.models import Store
from apps.events.models import Link
from apps.events.services.people.attribute import attribute
from apps.events.services.people.seen import seen_in
from apps.events.services.people.settle import hold, settle
from apps.events.services.people.sightings import AT_ONCE, record


def link_from(frame: pl.DataFrame, at: datetime) -> None:
    """After the frame's sessions and interactions were written: also they are given to
    whom they belong. The order of frames, and the same one again, change nothing.

    Events of several stores; columns as engines/base.FRAME has them.
    """
    found = seen_in(frame)
    for store in Store.objects.filter(pk__in=frame["store_id"].unique().to_list()):
        said = found.filter(pl.col("store_id") == store.pk)
        events = frame.filter(pl.col("store_id") == store.pk, pl.col("visitor") != "")
        link_one(store, said, events, at)


def link_one(
    store: Store, said: pl.DataFrame, events: pl.DataFrame, at: datetime
) -> None:
    named = set(said["visitor"])
    visitors = named | linked_among(store, events["visitor"].unique().to_list())
    if not visitors:
        return
    hold()
    if len(said):
        settle(store, record(store, said.to_dicts(), at), at)
    first, last = events["at"].min(), events["at"].max()
    assert isinstance(first, datetime) and isinstance(last, datetime)  # noqa: PT018
    attribute(store, visitors, (first.astimezone(UTC), last.astimezone(UTC)))


def linked_among(store: Store, visitors: Iterable[str]) -> set[str]:
    names, found = list(visitors), set[str]()
    for start in range(0, len(names), AT_ONCE):
        part = names[start : start + AT_ONCE]
        rows = Link.objects.of(store).filter(visitor__in=part)
        found.update(rows.values_list("visitor", flat=True))
    return found
