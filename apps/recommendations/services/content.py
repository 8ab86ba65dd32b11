"""Products that nobody has met yet get neighbors by what they are, within seconds.

Looked at every few seconds; where nothing changed in a shop, one query says so.

1. Read what changed; leave out what is still described by the same words and price.
2. Work its neighbors out, with nothing locked: webhooks write the same tables meanwhile.
3. Write them in one short transaction, if nobody else did the same in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

import numpy as np
from django.core.cache import cache
from django.db import connection, transaction
from numpy.typing import NDArray

from apps.accounts.models import Store
from apps.recommendations.models import Kind, Shelf, Upkeep
from apps.recommendations.models.shelf import of_product
from apps.recommendations.services import shelves
from apps.recommendations.services.learning.looks import (
    Looks,
    best,
    labels_of,
    looks_of,
)
from apps.shop.models import Product

NAME = "content"
# Of one look, the oldest first: after an import the others wait for the next.
AT_ONCE = 500
OVERLAP = timedelta(seconds=30)
LEAST = 0.02
# Not for ever: a list that is never made anew would never name what came later.
DIGEST_SECONDS = 86_400
Change = tuple[int, datetime]
Lists = list[tuple[str, list[shelves.Picked]]]


def keep_up(store: Store, at: datetime) -> int:
    """Shelves of what is new or changed since the last look; how many were written."""
    upkeep, _ = Upkeep.objects.get_or_create(store=store, name=NAME)
    changed = changed_since(store, upkeep.seen_to_at)
    if not changed:
        return 0
    stale = without_fresh(store, changed)
    part = stale[:AT_ONCE]
    # A transaction that was slow shows its rows with a moment that has passed.
    seen_to = at - OVERLAP
    if len(stale) > len(part):
        # The next one may have changed in the same instant as the last of these.
        seen_to = min(seen_to, part[-1][1] - timedelta(microseconds=1))
    products = [product for product, _ in part]
    # Before the lists: what changes between the two reads differs from it ever after.
    digests = digests_of(store, products)
    lists = lists_for(store, products)
    with transaction.atomic():
        if not claimed(upkeep):
            return 0
        written = shelves.write_plain(store, Kind.CONTENT, lists, at)
        upkeep.seen_to_at = seen_to
        upkeep.save(update_fields=["seen_to_at"])
    remember(store, digests, at)
    return written


def claimed(upkeep: Upkeep) -> bool:
    """False where another worker writes or wrote since `upkeep` was read: what it wrote
    may be newer, and the next look does what it left."""
    can_skip = connection.features.has_select_for_update_skip_locked
    rows = Upkeep.objects.of(upkeep.store).select_for_update(skip_locked=can_skip)
    return rows.filter(pk=upkeep.pk, seen_to_at=upkeep.seen_to_at).first() is not None


def changed_since(store: Store, moment: datetime | None) -> list[Change]:
    """(product, when it changed), the oldest change first."""
    rows = Product.objects.of(store).live().order_by("updated_at", "pk")
    if moment is not None:
        rows = rows.filter(updated_at__gt=moment)
    return list(rows.values_list("pk", "updated_at"))


def without_fresh(store: Store, changed: Sequence[Change]) -> list[Change]:
    """Without those whose shelf was made of the same words and price. Where a digest is
    lost: without those whose shelf is younger than their change."""
    made = made_at(store, [product for product, _ in changed])
    known = remembered(store, made)
    now = digests_of(store, sorted(known))
    return [
        (product, moment)
        for product, moment in changed
        if product not in made
        or (
            known[product] != now.get(product)
            if product in known
            else made[product] < moment
        )
    ]


def made_at(store: Store, products: Sequence[int]) -> dict[int, datetime]:
    """When the shelf of each that has one was made."""
    found: dict[int, datetime] = {}
    for start in range(0, len(products), AT_ONCE):
        subjects = {of_product(pk): pk for pk in products[start : start + AT_ONCE]}
        rows = Shelf.objects.of(store).filter(version=None, kind=Kind.CONTENT)
        rows = rows.filter(subject__in=subjects)
        for subject, moment in rows.values_list("subject", "computed_at"):
            found[subjects[subject]] = moment
    return found


def digests_of(store: Store, products: Sequence[int]) -> dict[int, str]:
    """What each product's neighbors depend on, in short."""
    if not products:
        return {}
    labels = labels_of(store, products)
    rows = Product.objects.of(store)
    if len(products) <= AT_ONCE:
        rows = rows.filter(pk__in=products)
    prices = dict(rows.values_list("pk", "price"))
    return {
        product: digest("\n".join([str(prices.get(product)), *sorted(words)]))
        for product, words in ((one, labels.get(one, ())) for one in products)
    }


def digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=12).hexdigest()


def remembered(store: Store, made: Mapping[int, datetime]) -> dict[int, str]:
    """Digests of what the shelves were made of, as far as these very shelves are told of:
    the memory may be another worker's."""
    names = {key(store, product): product for product in made}
    found: dict[int, str] = {}
    for name, (moment, said) in cache.get_many(names).items():
        if moment == made[names[name]]:
            found[names[name]] = said
    return found


def remember(store: Store, digests: Mapping[int, str], at: datetime) -> None:
    told = {key(store, product): (at, said) for product, said in digests.items()}
    cache.set_many(told, DIGEST_SECONDS)


def key(store: Store, product: int) -> str:
    return f"content:{store.pk}:{product}"


def lists_for(store: Store, products: Sequence[int]) -> Lists:
    if not products:
        return []
    live = Product.objects.of(store).live().order_by("pk")
    looks = looks_of(store, list(live.values_list("pk", flat=True)))
    places = {int(product): row for row, product in enumerate(looks.products)}
    rows = np.array([places[p] for p in products if p in places], np.int64)
    return neighbors(looks, rows)


def neighbors(looks: Looks, rows: NDArray[np.int64]) -> Lists:
    lists: Lists = []
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
