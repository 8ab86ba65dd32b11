"""Members follow what happens within seconds.

1. Who was touched since the last time, and a little before: a transaction may end after
   a later one, and a visit is counted seconds after it happened.
2. Their numbers are worked out anew, and every segment is asked about just them.
3. Too many, such as after a first sync: all customers are due instead (count.py).
4. One at a time in a store. Who dies leaves a claim that lapses, and the place up to
   which changes were seen has not moved.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from apps.accounts.models import Store
from apps.features.services import refresh, states, touched
from apps.features.services.known import MOST_IDS
from apps.segmentation.models import Following, Member, Segment
from apps.segmentation.services.conditions.catalog import WATCHED
from apps.segmentation.services.conditions.compiled import members
from apps.segmentation.services.conditions.parse import ConditionError
from apps.segmentation.services.count import mark_due
from apps.segmentation.services.lock import Clock, lock, lock_if_free
from apps.shop.models import Customer

OVERLAP = timedelta(seconds=15)
# For transactions that took minutes: looked for now and then.
LONG_OVERLAP = timedelta(minutes=15)
# Without news the place is noted this often only.
RARELY = timedelta(seconds=60)
CLAIM = timedelta(minutes=5)
# More than so many customers at once are not followed one by one.
MOST = 2_000
CHUNK = 500


def follow(
    store: Store,
    at: datetime,
    overlap: timedelta = OVERLAP,
    clock: Clock | None = None,
) -> int:
    """How many customers were looked at."""
    if not Segment.objects.of(store).live().exists():
        return 0
    known = Following.objects.of(store).first()
    if known is None or known.seen_to_at is None:
        mark_due(store)
        move(store, at)
        return 0
    since = known.seen_to_at - overlap
    happened = touched.customers(store, since)
    written = {*happened, *counted(store, since)}
    if not written:
        if known.seen_to_at < at - RARELY:
            move(store, at)
        return 0
    if not claim(store, at):
        return 0
    own = at + CLAIM
    try:
        if len(written) > MOST:
            mark_due(store)
            # The next look begins behind all of this: else it were due again and again.
            move(store, at + OVERLAP)
        else:
            renew(store, happened, since, at)
            judge(store, written, at, clock)
            move(store, at)
    finally:
        # One that lapsed may be another's by now.
        Following.objects.of(store).filter(claimed_to_at=own).update(claimed_to_at=None)
    return len(written)


def counted(store: Store, since: datetime) -> set[int]:
    """Of whom numbers or predictions were worked out."""
    found: set[int] = set()
    for sheet in WATCHED:
        rows = sheet.rows(store).filter(**{f"{sheet.written}__gte": since})
        # A night's work writes all of them: nobody needs to know whom.
        found.update(rows.values_list("customer_id", flat=True)[: MOST + 1])
    return found


def claim(store: Store, at: datetime) -> bool:
    """Not while a count has the lock: whoever waited for it would follow nobody else."""
    free = Q(claimed_to_at=None) | Q(claimed_to_at__lte=at)
    with transaction.atomic():
        if not lock_if_free(store):
            return False
        rows = Following.objects.of(store).filter(free)
        return rows.update(claimed_to_at=at + CLAIM) == 1


def move(store: Store, at: datetime) -> None:
    """Never back; while a count has the lock it can wait for the next time."""
    with transaction.atomic():
        if lock_if_free(store):
            rows = Following.objects.of(store).exclude(seen_to_at__gte=at)
            rows.update(seen_to_at=at)


def renew(
    store: Store, customers: Collection[int], since: datetime, at: datetime
) -> None:
    """What orders said is noted first: it is lost with their next change. Of more than
    MOST_IDS at once the whole shop would be read."""
    if customers:
        states.note(store, sorted(touched.orders(store, since)), at)
    ids = sorted(customers)
    for start in range(0, len(ids), MOST_IDS):
        part = ids[start : start + MOST_IDS]
        refresh.refresh_some(store, refresh.CUSTOMER, at, part)


def judge_moved(
    store: Store, customers: Collection[int], at: datetime, clock: Clock | None = None
) -> None:
    """Of whom something was foretold anew, which no look for changes finds."""
    if len(customers) > MOST:
        mark_due(store)
    elif customers:
        judge(store, customers, at, clock)


def judge(
    store: Store,
    customers: Collection[int],
    at: datetime,
    clock: Clock | None = None,
) -> None:
    """Who of them enters and leaves which segment."""
    known = Customer.objects.of(store).filter(pk__in=sorted(customers))
    ids = sorted(known.values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        judge_some(store, ids[start : start + CHUNK], at, clock)


def judge_some(
    store: Store, ids: Sequence[int], began_at: datetime, clock: Clock | None
) -> None:
    with transaction.atomic():
        lock(store)
        at = clock() if clock else began_at
        inside = Member.objects.of(store).inside().filter(customer__in=ids)
        now = set(inside.values_list("segment_id", "customer_id"))
        for segment in Segment.objects.of(store).live().order_by("pk"):
            try:
                people = members(store, segment.conditions, at, ids)
            except ConditionError:
                continue
            before = {customer for pk, customer in now if pk == segment.pk}
            change(segment, before, set(people.values_list("pk", flat=True)), at)


def change(segment: Segment, before: set[int], after: set[int], at: datetime) -> None:
    if before == after:
        return
    store = segment.store
    gone = Member.objects.of(store).inside().filter(segment=segment)
    left = gone.filter(customer__in=before - after).update(
        left_at=Greatest("entered_at", at)
    )
    new = [
        Member(store=store, segment=segment, customer_id=pk, entered_at=at)
        for pk in sorted(after - before)
    ]
    Member.objects.bulk_create(new, ignore_conflicts=True)
    Segment.objects.of(store).filter(pk=segment.pk).update(
        members=F("members") + len(new) - left, as_of=at
    )
