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


def mark_rolled(batches: Sequence[EventBatch], at: datetime) -> None:
    """In the transaction of what was counted from them: killed before it ends, they are
    read again; after it, never."""
    assert transaction.get_connection().in_atomic_block
    pks = [batch.pk for batch in batches]
    EventBatch.objects.filter(pk__in=pks).update(rolled_at=at)
