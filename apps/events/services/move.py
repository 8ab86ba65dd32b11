"""Copy events from the database into another engine, as often as it takes: the same
rows with the same batches again are the same rows."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count

from apps.core.errors import LuxeBrainError
from apps.events.models import Event
from apps.events.services.engines.clickhouse import ClickHouse
from apps.events.services.engines.clickhouse_tables import INCOMING
from apps.events.services.engines.database import Database

# Of one copy: some 200 MB.
MOST_EVENTS = 200_000


class NotMovedError(LuxeBrainError):
    code = "not_moved"


def move(target: ClickHouse, after: int = 0) -> Iterator[tuple[int, int]]:
    """The last batch that is there and how many events it is since the one before."""
    for batches in chunks(after):
        found = Database().of_batches(batches)
        if not found.is_empty():
            target.insert(found.cast(INCOMING))
        there = target.of_batches(batches, ["id"])
        if set(there["id"]) != set(found["id"]):
            raise NotMovedError(
                f"Batches {batches[0]} to {batches[-1]}: {found.height} events here,"
                f" {there.height} there. Run it again."
            )
        yield batches[-1], found.height


def chunks(after: int) -> Iterator[range]:
    """Of the events themselves: most batches are forgotten by now."""
    first, total, last = after + 1, 0, after
    rows = Event.objects.across_stores().filter(batch_id__gt=after)
    counted = rows.values("batch_id").annotate(n=Count("*")).order_by("batch_id")
    for last, count in counted.values_list("batch_id", "n").iterator():
        total += count
        if total >= MOST_EVENTS:
            yield range(first, last + 1)
            first, total = last + 1, 0
    if last >= first:
        yield range(first, last + 1)
