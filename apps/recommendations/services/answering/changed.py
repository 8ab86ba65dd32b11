"""Which products have changed of late, so that what is remembered of them is forgotten.

Looked up once a second by each process that answers for a store. A change is found by the
moment at which it was written, which is before others can see it: so each is found again
for as long as a transaction may take.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from apps.accounts.models import Store
from apps.core.services.memory import Memory
from apps.core.services.plain_sql import fetch

OVERLAP = timedelta(seconds=20)
LOOKED: Memory[int, frozenset[int]] = Memory(1.0)
# When it was last asked. Who asked longer ago than products are remembered has nothing
# left to forget, and forgets it all.
LAST: Memory[int, datetime] = Memory(300.0)
CHANGED = """
    SELECT id FROM shop_product WHERE store_id = %s AND updated_at > %s
    UNION
    SELECT product_id FROM shop_variant WHERE store_id = %s AND updated_at > %s
    LIMIT %s
"""
# More at once is a sync or an import: then all of a store is forgotten.
MANY = 2_000


def fresh_changes(store: Store, at: datetime) -> frozenset[int] | None:
    """Products that changed since that was last asked, and some seconds more; nothing
    where that was within the last one. None: nobody knows, or too many to name."""
    if LOOKED.get(store.pk) is not None:
        return frozenset()
    last = LAST.get(store.pk)
    if last is None:
        LOOKED.put(store.pk, frozenset())
        LAST.put(store.pk, at)
        return None
    since = min(last, at) - OVERLAP
    rows = fetch(CHANGED, [store.pk, since, store.pk, since, MANY + 1])
    found = frozenset(product for (product,) in rows)
    LOOKED.put(store.pk, found)
    LAST.put(store.pk, at)
    return found if len(found) <= MANY else None
