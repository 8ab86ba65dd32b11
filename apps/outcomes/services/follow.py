"""Keep up with what becomes of credited orders: refunds, cancellations, edits.

1. Orders that were credited lately find their lines in the shop's books.
2. Orders whose row, or one of whose refunds, changed since the last look are booked
   anew, whatever their age. Looks overlap: a long transaction commits rows that say an
   earlier moment.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from apps.accounts.models import Store
from apps.outcomes.models import Credited, Progress
from apps.outcomes.services.books import book
from apps.outcomes.services.tie import tie
from apps.shop.models import Refund

OVERLAP = timedelta(minutes=30)
# An order's copy may come so much later than its page told of it.
AWAITED = timedelta(days=9)
# Whose order has not come by then was told of by a page that guessed, or is of a shop
# that is not copied: they would be asked for each night for ever, and ever more of them.
FORGOTTEN = timedelta(days=60)


def follow(store: Store, at: datetime) -> int:
    """How many rows the log has gained."""
    progress, _ = Progress.objects.get_or_create(store=store)
    since = progress.followed_at
    fresh = tie(store, since - AWAITED if since else None, at)
    orders = {*fresh, *changed(store, since - OVERLAP if since else None)}
    written = book(store, sorted(orders), at)
    Progress.objects.of(store).filter(pk=progress.pk).update(followed_at=at)
    return written


def follow_all(store: Store, at: datetime) -> int:
    """Look at every credited order again: what slipped through is found at night."""
    fresh = tie(store, at - FORGOTTEN, at)
    return book(store, sorted({*fresh, *changed(store, None)}), at)


def changed(store: Store, since: datetime | None) -> list[int]:
    """Credited orders that may say something else by now."""
    rows = Credited.objects.of(store)
    if since is not None:
        refunds = Refund.objects.of(store).filter(
            order=OuterRef("order"), updated_at__gte=since
        )
        rows = rows.filter(Q(order__updated_at__gte=since) | Exists(refunds))
    return list(rows.order_by().values_list("order", flat=True).distinct())
