"""Our rows in the part of the ids that a page speaks for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apps.accounts.models import Store
from apps.shop.models.source import SourceQuerySet
from apps.sync.services.kinds import Kind
from apps.sync.services.pages import Leaf
from apps.sync.woo.fields import id_of


def ours(
    store: Store, kind: Kind, leaf: Leaf, span: tuple[datetime, datetime] | None = None
) -> SourceQuerySet[Any]:
    """Live rows which must be on this page, if the shop still has them. `span`: only
    those made from the one moment until before the other were asked for."""
    rows = kind.copier.live(store).filter(woo_id__gt=leaf.low)
    if span:
        rows = rows.filter(
            source_created_at__gte=span[0], source_created_at__lt=span[1]
        )
    if leaf.high is not None:
        rows = rows.filter(woo_id__lte=leaf.high)
    if leaf.parent_id:
        rows = rows.filter(**{kind.owner: leaf.parent_id})
    return rows


def surplus(
    store: Store, kind: Kind, leaf: Leaf, span: tuple[datetime, datetime] | None = None
) -> dict[int, int]:
    """Ids of ours that the page lacks, with their owners' ids."""
    listed = set(map(id_of, leaf.items))
    fields = ("woo_id", kind.owner) if kind.owner else ("woo_id",)
    found = ours(store, kind, leaf, span).order_by("woo_id").values_list(*fields)
    return {
        row[0]: row[-1] if kind.owner else 0 for row in found if row[0] not in listed
    }
