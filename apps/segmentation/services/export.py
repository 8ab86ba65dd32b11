"""A segment's members as CSV, with what each agreed to."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from apps.accounts.models import Store, User
from apps.accounts.services import audit
from apps.core.merchant_admin.transfer import guard
from apps.segmentation.models import Member, Segment
from apps.segmentation.services.conditions.attributes import agreed
from apps.segmentation.services.conditions.deeds import Asked
from apps.shop.models import Consent, Customer

CHANNELS = {
    "e-mail": Consent.Channel.EMAIL.value,
    "SMS": Consent.Channel.SMS.value,
    "WhatsApp": Consent.Channel.WHATSAPP.value,
}
HEAD = (
    "customer", "shop_id", "email", "first_name", "last_name", "phone", "entered_at",
    *(f"marketing by {name}" for name in CHANNELS),
)  # fmt: skip
AT_ONCE = 1_000
SAID = {True: "yes", False: "no", None: "never asked"}


def export(segment: Segment, at: Any, by: User) -> Iterator[bytes]:
    """A thousand at a time: in the order in which they came, so that nobody who enters
    meanwhile moves the others."""
    audit.record(
        "segment.exported",
        store=segment.store,
        actor=by,
        subject=f"segment:{segment.pk}",
    )
    return lines(segment, at)


def lines(segment: Segment, at: Any) -> Iterator[bytes]:
    yield line(HEAD)
    after = 0
    while part := members_behind(segment, after, at):
        for row in part:
            yield line(row[1:])
        after = part[-1][0]


def members_behind(segment: Segment, after: int, at: Any) -> list[Sequence[Any]]:
    rows = Member.objects.of(segment.store).inside().present().filter(segment=segment)
    part = {
        row.customer_id: row
        for row in rows.filter(pk__gt=after).order_by("pk")[:AT_ONCE]
    }
    found = people(segment.store, list(part), at)
    said = [
        (part[pk].pk, *who, part[pk].entered_at.isoformat(), *agreements)
        for pk, (who, agreements) in found.items()
    ]
    return sorted(said, key=lambda row: row[0])


def people(
    store: Store, ids: Sequence[int], at: Any
) -> dict[int, tuple[Sequence[Any], Sequence[str]]]:
    """By id: who they are, and what they agreed to by channel."""
    asked = Asked(store, at)
    told = {f"by_{channel}": agreed(channel)(asked) for channel in CHANNELS.values()}
    rows = Customer.objects.of(store).filter(pk__in=ids).annotate(**told)
    return {
        one.pk: (
            (
                one.pk, one.woo_id or "", one.email, one.first_name, one.last_name,
                one.phone,
            ),
            [SAID[getattr(one, name)] for name in told],
        )
        for one in rows
    }  # fmt: skip


def line(cells: Sequence[Any]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([guard(cell) for cell in cells])
    return out.getvalue().encode()
