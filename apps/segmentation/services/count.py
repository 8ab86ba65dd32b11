"""All members of a segment, found anew: one statement for who leaves, one for who comes.

1. Nightly for every segment, since time alone changes who belongs to it; and soon after
   a segment was written, or more happened than can be followed one by one.
2. A segment is one transaction: killed in the middle, it is as it was and still due.
3. Where somebody writes members it gives way: it is called again within seconds, and
   a worker that waits does nothing else.
4. That it is due is taken back first: who marks it meanwhile waits for the end, and it
   is due again.
5. One that takes too long is given up, since others wait; its members stay as they were,
   and the next night asks again.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Greatest

from apps.accounts.models import Store
from apps.segmentation.models import Member, Segment
from apps.segmentation.services.bounded import TooSlowError, within
from apps.segmentation.services.conditions.compiled import (
    among,
    everybody,
    members,
)
from apps.segmentation.services.conditions.parse import ConditionError
from apps.segmentation.services.lock import Clock, lock_if_free
from apps.shop.models import Customer

log = structlog.get_logger(__name__)
# In SQLite nobody else can write meanwhile, and others wait for 20 seconds at most.
SECONDS = {"sqlite": 15.0, "postgresql": 120.0}
ENTER = """
    INSERT INTO segmentation_member (store_id, segment_id, customer_id, entered_at)
    SELECT %s, %s, found.id, %s FROM ({found}) AS found WHERE true
    ON CONFLICT DO NOTHING
"""


def mark_due(store: Store) -> int:
    with transaction.atomic():
        # In the order in which others take them: else each could wait for the other.
        live = Segment.objects.of(store).live().order_by("pk")
        ids = list(live.select_for_update().values_list("pk", flat=True))
        return Segment.objects.of(store).filter(pk__in=ids).update(is_due=True)


def count_due(store: Store, at: datetime, clock: Clock | None = None) -> int:
    """Every segment that is due; returns how many were counted. One that cannot be
    counted keeps no other one waiting."""
    due = Segment.objects.of(store).live().filter(is_due=True).order_by("pk")
    counted, failure = 0, None
    for pk in list(due.values_list("pk", flat=True)):
        try:
            counted += count(store, pk, at, clock)
        except TooSlowError:
            Segment.objects.of(store).filter(pk=pk).update(is_due=False)
            log.warning("segments.too_slow", store=store.pk, segment=pk)
        except DatabaseError as error:
            failure = error
    if failure:
        raise failure
    return counted


def count(
    store: Store, segment_id: int, began_at: datetime, clock: Clock | None = None
) -> bool:
    """False where there was nothing to do, or somebody is at work."""
    with transaction.atomic():
        if not lock_if_free(store):
            return False
        at = clock() if clock else began_at
        rows = Segment.objects.of(store).filter(pk=segment_id)
        if not rows.live().filter(is_due=True).update(is_due=False):
            return False
        segment = rows.get()
        try:
            people = members(store, segment.conditions, at)
        except ConditionError:
            # It asks for what is there no more. Its page says so; members stay.
            return False
        with within(SECONDS[connection.vendor]):
            leave(segment, people, at)
            enter(segment, at)
        inside = Member.objects.of(store).inside().filter(segment=segment)
        rows.update(members=inside.count(), as_of=at)
    return True


def leave(segment: Segment, people: QuerySet[Customer], at: datetime) -> None:
    still = Exists(people.filter(pk=OuterRef("customer")))
    inside = Member.objects.of(segment.store).inside().filter(segment=segment)
    inside.filter(~still).update(left_at=Greatest("entered_at", at))


def enter(segment: Segment, at: datetime) -> None:
    """Who is inside is looked at first: that is one step in an index."""
    there = Member.objects.of(segment.store).inside().filter(segment=segment)
    new = everybody(segment.store).filter(
        ~Exists(there.filter(customer=OuterRef("pk")))
    )
    people = among(new, segment.store, segment.conditions, at)
    found, values = people.values("id").query.sql_with_params()
    moment = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute(
            ENTER.format(found=found),
            [segment.store_id, segment.pk, moment, *values],
        )
