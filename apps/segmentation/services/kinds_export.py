"""A learned segment's customers as CSV, with what each agreed to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from apps.accounts.models import Store, User
from apps.accounts.services import audit
from apps.segmentation.models import Place
from apps.segmentation.services.export import AT_ONCE, CHANNELS, line, people
from apps.segmentation.services.kinds import places
from apps.segmentation.services.learning.words import say

HEAD = (
    "customer", "shop_id", "email", "first_name", "last_name", "phone", "since", "why",
    *(f"marketing by {name}" for name in CHANNELS),
)  # fmt: skip


def export(store: Store, code: str, at: Any, by: User) -> Iterator[bytes]:
    """A thousand at a time, in the order in which they became customers."""
    audit.record(
        "segment.exported", store=store, actor=by, subject=f"learned_segment:{code}"
    )
    return lines(store, code, at)


def lines(store: Store, code: str, at: Any) -> Iterator[bytes]:
    yield line(HEAD)
    rows, after = places(store).filter(code=code).order_by("customer_id"), 0
    while part := list(rows.filter(customer_id__gt=after)[:AT_ONCE]):
        yield from map(line, told(store, part, at))
        after = part[-1].customer_id


def told(store: Store, part: Sequence[Place], at: Any) -> Iterator[Sequence[Any]]:
    found = people(store, [row.customer_id for row in part], at)
    for row in part:
        # Whoever was erased since the page was read is in no file.
        if who := found.get(row.customer_id):
            yield (*who[0], row.since_at.isoformat(), say(row.reason), *who[1])
