"""Who is in a segment, and what brings them in or out."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from apps.segmentation.models import Member
from apps.segmentation.services import follow, write
from apps.segmentation.services.count import count_due
from tests.conftest import NOW
from tests.shop.conftest import make_order

BUYERS = {"did": "bought"}
LOYAL = {"field": "orders", "is": "at_least", "value": 2}
AGREED = {"field": "consent_email", "is": "yes"}
LATER = NOW + timedelta(seconds=2)


def make_segment(store, conditions=BUYERS, **told):
    return write.create(
        store, {"name": "Buyers", "conditions": conditions, **told}, NOW
    )


def inside(segment):
    rows = Member.objects.of(segment.store).inside().filter(segment=segment)
    return set(rows.values_list("customer", flat=True))


def buys(person, at=NOW, number="1"):
    return make_order(
        person.store, [("10.00", "0.00")], customer=person, placed_at=at, number=number
    )


def spells(segment):
    rows = Member.objects.of(segment.store).filter(segment=segment).order_by("pk")
    return list(rows.values_list("customer", "entered_at", "left_at"))


def began(store):
    """From here on changes are followed."""
    follow.follow(store, timezone.now())
    count_due(store, timezone.now())


def at_statement(part, act):
    """When a statement with that in it is about to be sent, something happens first."""

    def wrap(execute, sql, params, many, context):
        if part in sql.replace('"', ""):
            act()
        return execute(sql, params, many, context)

    return connection.execute_wrapper(wrap)


def die():
    raise KeyboardInterrupt


ENTER = "INTO segmentation_member"
