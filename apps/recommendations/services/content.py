"""Products that nobody has met yet get neighbors by what they are, within seconds.

Looked at every few seconds; where nothing changed in a shop, one query says so.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from apps.accounts.models import Store
from apps.recommendations.models import Kind, Shelf, Upkeep
from apps.recommendations.models.shelf import of_product
from apps.recommendations.services import shelves
from apps.recommendations.services.learning.looks import Looks, best, looks_of
from apps.shop.models import Product

NAME = "content"
# Of one look, the oldest first: after an import the others wait for the next.
AT_ONCE = 500
OVERLAP = timedelta(seconds=30)
LEAST = 0.02


def keep_up(store: Store, at: datetime) -> int:
    """Shelves of what is new or changed since the last look; how many were written."""
    upkeep, _ = Upkeep.objects.get_or_create(store=store, name=NAME)
    if not changed_since(store, upkeep.seen_to_at):
        return 0
    with transaction.atomic():
        # Two at once would write the same rows.
        row = Upkeep.objects.of(store).select_for_update().get(pk=upkeep.pk)
        stale = without_fresh(store, changed_since(store, row.seen_to_at))
        part = stale[:AT_ONCE]
        written = write_for(store, [product for product, _ in part], at)
        # A transaction that was slow shows its rows with a moment that has passed.
        row.seen_to_at = at - OVERLAP
        if len(stale) > len(part):
            row.seen_to_at = min(row.seen_to_at, part[-1][1])
        row.save(update_fields=["seen_to_at"])
    return written


def changed_since(store: Store, moment: datetime | None) -> list[tuple[int, datetime]]:
    """(product, when it changed), the oldest change first."""
    rows = Product.objects.of(store).live().order_by("updated_at", "pk")
    if moment is not None:
        rows = rows.filter(updated_at__gt=moment)
    return list(rows.values_list("pk", "updated_at"))


def without_fresh(
    store: Store, changed: list[tuple[int, datetime]]
) -> list[tuple[int, datetime]]:
    """Without those whose shelf is younger than their change."""
    written: dict[str, datetime] = {}
    for start in range(0, len(changed), AT_ONCE):
        subjects = [of_product(pk) for pk, _ in changed[start : start + AT_ONCE]]
        rows = Shelf.objects.of(store).filter(version=None, kind=Kind.CONTENT)
        found = rows.filter(subject__in=subjects)
        written.update(found.values_list("subject", "computed_at"))
    return [
        (product, moment)
        for product, moment in changed
        if of_product(product) not in written or written[of_product(product)] < moment
    ]


def write_for(store: Store, products: list[int], at: datetime) -> int:
    if not products:
        return 0
    live = Product.objects.of(store).live().order_by("pk")
    looks = looks_of(store, list(live.values_list("pk", flat=True)))
    places = {int(product): row for row, product in enumerate(looks.products)}
    rows = np.array([places[p] for p in products if p in places], np.int64)
    lists = neighbors(looks, rows)
    return shelves.write_plain(store, Kind.CONTENT, lists, at)


def neighbors(
    looks: Looks, rows: NDArray[np.int64]
) -> list[tuple[str, list[shelves.Picked]]]:
    lists = []
    found, scores = best(looks.likeness(rows), shelves.DEPTH)
    for row, others, values in zip(rows, found, scores, strict=True):
        anchor = int(looks.products[row])
        picks: list[shelves.Picked] = [
            (int(looks.products[other]), float(value), "content", anchor)
            for other, value in zip(others, values, strict=True)
            if value > LEAST
        ]
        lists.append((of_product(anchor), picks))
    return lists
