"""Which segments the customer came into and left, and which rows were found to be them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from apps.core.merchant_admin.show import day
from apps.segmentation.models import Member
from apps.segmentation.services.story.entry import (
    Entry,
    Mark,
    Person,
    Source,
    newest,
)
from apps.shop.models import Customer, CustomerMerge


def entered(person: Person, before: Mark | None, limit: int) -> list[Entry]:
    found = newest(spells(person), "entered_at", Source.ENTERED, before, limit)
    return [moved(row, row.entered_at, Source.ENTERED) for row in found]


def left(person: Person, before: Mark | None, limit: int) -> list[Entry]:
    rows = spells(person).exclude(left_at=None)
    found = newest(rows, "left_at", Source.LEFT, before, limit)
    return [moved(row, row.left_at, Source.LEFT) for row in found]


def spells(person: Person) -> QuerySet[Member]:
    rows = Member.objects.of(person.store).filter(customer__in=person.rows)
    return rows.select_related("segment")


def moved(row: Member, at: datetime, source: Source) -> Entry:
    return Entry(
        Mark(at, source, row.pk),
        "Into a segment" if source == Source.ENTERED else "Out of a segment",
        name=row.segment.name,
        row=("segment", row.segment_id),
    )


def merges(person: Person, before: Mark | None, limit: int) -> list[Entry]:
    """Also those that were undone, by either of the two."""
    mine = Q(kept__in=person.rows) | Q(absorbed=person.customer)
    rows = CustomerMerge.objects.of(person.store).filter(mine)
    found = rows.select_related("kept", "absorbed")
    return [
        Entry(
            Mark(row.merged_at, Source.MERGED, row.pk),
            "Two were one person",
            parted(row),
            name=other(row, person).called,
        )
        for row in newest(found, "merged_at", Source.MERGED, before, limit)
    ]


def other(row: CustomerMerge, person: Person) -> Customer:
    return row.kept if row.absorbed_id == person.customer.pk else row.absorbed


def parted(row: CustomerMerge) -> str:
    return f"Parted again on {day(row.reverted_at)}" if row.reverted_at else ""
