"""What visitors were shown in vain: from events to one row a visitor.

A click on a product, or buying it, forgets its showings; after weeks all are forgotten.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import polars as pl
from django.db import transaction

from apps.accounts.models import Store
from apps.events.services.engines.chosen import engine
from apps.recommendations.models import Shown, Upkeep
from apps.shop.models import Product

NAME = "shown"
SHOWN, CLICKED = "recommendation_shown", "recommendation_clicked"
WANTED = (CLICKED, "product_view", "add_to_cart")
COLUMNS = ("id", "at", "type", "visitor", "product_woo_id", "properties")
# One look reads no more than that; a worker that was away catches up bit by bit.
STRIDE = timedelta(minutes=15)
# The tracker gathers what it tells for some seconds, and sends again what was lost.
SETTLED = timedelta(minutes=1)
FIRST_LOOK = timedelta(minutes=10)
KEPT = timedelta(days=90)
# Of one visitor, the most shown.
MOST = 200
# Visitors of one commit.
AT_ONCE = 2_000
# Showings fade: after so many days one counts half, and less than this is forgotten.
HALF_LIFE = timedelta(days=7)
LEAST = 0.5


def notice(store: Store, at: datetime) -> int:
    """Count what was shown since the last look; how many visitors it was shown to."""
    with transaction.atomic():
        Upkeep.objects.get_or_create(store=store, name=NAME)
        row = Upkeep.objects.of(store).select_for_update().get(name=NAME)
        start = row.seen_to_at or at - FIRST_LOOK
        end = min(at - SETTLED, start + STRIDE)
        if end <= start:
            return 0
        found = engine().between(store, start, end, (SHOWN, *WANTED), COLUMNS)
        named = found.filter(pl.col("visitor") != "")
        count = count_for(store, named, end)
        row.seen_to_at = end
        row.save(update_fields=["seen_to_at"])
    return count


def count_for(store: Store, events: pl.DataFrame, at: datetime) -> int:
    seen, wanted = tally(events)
    woo_ids = {one for times in (*seen.values(), *wanted.values()) for one in times}
    named = Product.objects.of(store).filter(woo_id__in=woo_ids)
    ours = {woo: str(pk) for woo, pk in named.values_list("woo_id", "pk") if woo}
    visitors = sorted(seen.keys() | wanted.keys())
    for start in range(0, len(visitors), AT_ONCE):
        part = visitors[start : start + AT_ONCE]
        rows = [Shown(store=store, visitor=visitor, last_at=at) for visitor in part]
        known = {
            row.visitor: row for row in Shown.objects.of(store).filter(visitor__in=part)
        }
        for row in rows:
            old = known.get(row.visitor)
            times = Counter(faded(old, at)) if old else Counter()
            times.update(counted(seen.get(row.visitor, {}), ours))
            for product in counted(wanted.get(row.visitor, {}), ours):
                times.pop(product, None)
            row.times = dict(times.most_common(MOST))
        Shown.objects.bulk_create(
            [row for row in rows if row.times or row.visitor in known],
            update_conflicts=True,
            unique_fields=["store", "visitor"],
            update_fields=["times", "last_at"],
        )
    return len(seen)


def faded(row: Shown, at: datetime) -> dict[str, float]:
    """What is left of earlier showings."""
    share = 0.5 ** max(0.0, (at - row.last_at) / HALF_LIFE)
    left = {product: round(times * share, 6) for product, times in row.times.items()}
    return {product: times for product, times in left.items() if times >= LEAST}


def tally(
    events: pl.DataFrame,
) -> tuple[dict[str, Counter[int]], dict[str, Counter[int]]]:
    """By visitor and the shop's product: how often shown, how often wanted."""
    seen: dict[str, Counter[int]] = {}
    wanted: dict[str, Counter[int]] = {}
    for event in events.select(
        "type", "visitor", "product_woo_id", "properties"
    ).rows():
        kind, visitor, product, properties = event
        if kind == SHOWN:
            products: Iterable[int] = json.loads(properties).get("products") or ()
            seen.setdefault(visitor, Counter()).update(products)
        elif product is not None:
            wanted.setdefault(visitor, Counter()).update([product])
    return seen, wanted


def counted(times: Mapping[int, int], ours: Mapping[int, str]) -> dict[str, int]:
    return {ours[woo]: count for woo, count in times.items() if woo in ours}


def forget(at: datetime) -> int:
    """A sweep over all stores: showings that no setting counts any more."""
    old = Shown.objects.across_stores().filter(last_at__lt=at - KEPT)
    return old.delete()[0]
