"""Visits of the shop, and what the customer agreed to.

A visit has a customer only where the visitor agreed to be known: what was not agreed to
was never kept, so it is not here.
"""

from __future__ import annotations

from apps.events.models import Session
from apps.outcomes.services.figures import label
from apps.segmentation.services.story.entry import Entry, Mark, Person, Source, newest
from apps.shop.models import Consent

# What a visit counts, in the order in which it is told.
COUNTS = (
    ("page_views", "page", "pages"),
    ("product_views", "product viewed", "products viewed"),
    ("searches", "search", "searches"),
    ("cart_adds", "put into the cart", "put into the cart"),
    ("pick_clicks", "click on a pick", "clicks on picks"),
    ("orders", "order", "orders"),
)


def visits(person: Person, before: Mark | None, limit: int) -> list[Entry]:
    rows = Session.objects.of(person.store).of_people()
    mine = rows.filter(customer__in=person.rows)
    return [
        Entry(
            Mark(row.started_at, Source.VISIT, row.pk),
            "Visit",
            did(row),
            row=("visit", row.pk),
        )
        for row in newest(mine, "started_at", Source.VISIT, before, limit)
    ]


def did(row: Session) -> str:
    told = [
        f"{count:,} {one if count == 1 else many}"
        for field, one, many in COUNTS
        if (count := getattr(row, field))
    ]
    done = ", ".join(told) or "Nothing of note"
    return f"{label(row.channel)}: {done}" if row.channel else done


def consents(person: Person, before: Mark | None, limit: int) -> list[Entry]:
    rows = Consent.objects.of(person.store).filter(customer__in=person.rows)
    return [
        Entry(
            Mark(row.stated_at, Source.CONSENT, row.pk),
            "Said yes" if row.is_granted else "Said no",
            f"{row.get_purpose_display()}: {row.get_channel_display()}",
            tone="good" if row.is_granted else "bad",
        )
        for row in newest(rows, "stated_at", Source.CONSENT, before, limit)
    ]
