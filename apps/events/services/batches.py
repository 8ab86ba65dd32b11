"""Which batches were not counted yet.

Numbers are given before a commit and may be seen in another order, so that who
remembers the last number read would leave some out. Each batch says for itself whether
it was counted instead; in which order does not matter to whoever only adds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from apps.events.models import EventBatch

# A batch has at least one event.
MOST_BATCHES = 20_000


def waiting(most_events: int) -> list[EventBatch]:
    """The next ones, locked until the transaction ends: of two who ask at once, the
    second waits and finds what the first one left. At least one where there is any."""
    assert transaction.get_connection().in_atomic_block
    limit = min(max(most_events, 1), MOST_BATCHES)
    rows = EventBatch.objects.select_for_update().filter(rolled_at=None)
    found: list[EventBatch] = []
    total = 0
    for batch in rows.order_by("pk")[:limit]:
        total += batch.count
        if found and total > most_events:
            break
        found.append(batch)
    return found


def mark_rolled(batches: Sequence[EventBatch], at: datetime) -> None:
    """In the transaction of what was counted from them: killed before it ends, they are
    read again; after it, never."""
    assert transaction.get_connection().in_atomic_block
    pks = [batch.pk for batch in batches]
    EventBatch.objects.filter(pk__in=pks).update(rolled_at=at)
