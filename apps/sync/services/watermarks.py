"""Until when, by the shop's clock, changes of a kind are in our copy."""

from __future__ import annotations

from datetime import datetime

from apps.accounts.models import Store
from apps.sync.models import Watermark


def reached(store: Store, kind: str) -> datetime | None:
    row = Watermark.objects.of(store).filter(kind=kind).first()
    return row.read_at if row else None


def raise_to(store: Store, kind: str, moment: datetime) -> None:
    """Never back: two passes may end in any order."""
    row, is_new = Watermark.objects.get_or_create(
        store=store, kind=kind, defaults={"read_at": moment}
    )
    if not is_new:
        known = Watermark.objects.of(store).filter(pk=row.pk)
        known.filter(read_at__lt=moment).update(read_at=moment)
