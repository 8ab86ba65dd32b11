"""Ready lists into rows: by a model that was trained, or as the shop changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from apps.accounts.models import Store
from apps.recommendations.models import Shelf
from apps.recommendations.models.shelf import ShelfQuerySet
from apps.registry.models import ModelVersion

# product, score, reason code, product that the reason is about.
Picked = tuple[int, float, str, int | None]
# Deeper than any shelf: what is sold out or bought leaves room behind it.
DEPTH = 50
# Rows of one transaction: a tenth of a second, in which nobody else can write.
AT_ONCE = 500
DIGITS = 5


def write(
    version: ModelVersion,
    kind: str,
    lists: Iterable[tuple[str, Sequence[Picked]]],
    at: datetime,
    depth: int = DEPTH,
) -> int:
    """Replace a version's shelves of a kind; how many there are now.

    `lists` are (subject, picks best first); one without picks makes no row. A part at a
    time, each a transaction of its own, in which nothing is worked out: others write in
    between. Nobody sees a part of them, since the version does not serve yet.
    """
    store = version.store
    shelves = (
        Shelf(
            store=store,
            version=version,
            kind=kind,
            subject=subject,
            picks=laid_out(picks, depth),
            computed_at=at,
        )
        for subject, picks in lists
        if picks
    )
    remove(Shelf.objects.of(store).filter(version=version, kind=kind))
    return insert(shelves)


def write_plain(
    store: Store, kind: str, lists: Iterable[tuple[str, Sequence[Picked]]], at: datetime
) -> int:
    """Put these shelves, that no model made, in the place of those they had before."""
    rows = list(lists)
    with transaction.atomic():
        old = Shelf.objects.of(store).filter(version=None, kind=kind)
        for start in range(0, len(rows), AT_ONCE):
            subjects = [subject for subject, _ in rows[start : start + AT_ONCE]]
            old.filter(subject__in=subjects).delete()
        return insert(
            Shelf(
                store=store,
                kind=kind,
                subject=subject,
                picks=laid_out(picks, DEPTH),
                computed_at=at,
            )
            for subject, picks in rows
            if picks
        )


def insert(shelves: Iterable[Shelf]) -> int:
    """A batch at a time, so that a hundred thousand are never in memory together."""
    count, batch = 0, []
    for shelf in shelves:
        batch.append(shelf)
        if len(batch) == AT_ONCE:
            Shelf.objects.bulk_create(batch)
            count, batch = count + len(batch), []
    Shelf.objects.bulk_create(batch)
    return count + len(batch)


def laid_out(picks: Sequence[Picked], depth: int) -> list[list[object]]:
    return [
        [product, round(score, DIGITS), code, about]
        for product, score, code, about in picks[:depth]
    ]


def forget(version: ModelVersion) -> int:
    """Remove the shelves of a version that will not serve again, a part at a time."""
    return remove(Shelf.objects.of(version.store).filter(version=version))


def remove(shelves: ShelfQuerySet) -> int:
    count = 0
    while ids := list(shelves.values_list("pk", flat=True)[:AT_ONCE]):
        count += shelves.filter(pk__in=ids).delete()[0]
    return count
