"""What is wanted now: what happened lately counts more, half as much after two days."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum

from apps.accounts.models import Store, StoreQuerySet
from apps.events.models import Metric
from apps.shop.models import Product

HALF_LIFE = timedelta(days=2)
# After two weeks less than a hundredth is left.
LOOKED_BACK = timedelta(days=14)
WEIGHTS = {"product_view": 1, "wishlist": 3, "add_to_cart": 4, "bought": 8}
# Products that are looked at more closely: the most frequent of long and of late.
CLOSER = 300
LATELY = timedelta(days=1)


@dataclass(frozen=True)
class Trend:
    product_id: int
    woo_id: int
    name: str
    score: float
    counts: dict[str, int]


def trending(store: Store, at: datetime, most: int = 20) -> list[Trend]:
    keys = candidates(store, at)
    scores: dict[str, float] = defaultdict(float)
    counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(WEIGHTS, 0))
    for key, name, starts_at, count in hours(store, at, keys):
        age = max(at - starts_at, timedelta(0))
        scores[key] += count * WEIGHTS[name] * 0.5 ** (age / HALF_LIFE)
        counts[key][name] += count
    best = sorted(scores, key=lambda key: (-scores[key], int(key)))
    products = products_of(store, best)
    return [
        Trend(
            products[key].pk,
            int(key),
            products[key].name,
            round(scores[key], 3),
            counts[key],
        )
        for key in best
        if key in products
    ][:most]


def rows_of(
    store: Store, start: datetime, at: datetime, grain: str = Metric.Grain.HOUR
) -> StoreQuerySet[Metric]:
    return Metric.objects.of(store).filter(
        grain=grain,
        name__in=list(WEIGHTS),
        dimension="product",
        starts_at__gt=start,
        starts_at__lte=at,
    )


def candidates(store: Store, at: datetime) -> list[str]:
    found: set[str] = set()
    spans = ((LOOKED_BACK, Metric.Grain.DAY), (LATELY, Metric.Grain.HOUR))
    for back, grain in spans:
        rows = rows_of(store, at - back, at, grain).order_by().values("key")
        most = rows.annotate(n=Sum("count")).order_by("-n", "key")
        found.update(row["key"] for row in most[:CLOSER])
    return sorted(found)


def hours(
    store: Store, at: datetime, keys: list[str]
) -> list[tuple[str, str, datetime, int]]:
    rows = rows_of(store, at - LOOKED_BACK, at).filter(key__in=keys)
    return list(rows.values_list("key", "name", "starts_at", "count"))


def products_of(store: Store, keys: list[str]) -> dict[str, Product]:
    """Those that can be bought."""
    rows = (
        Product.objects.of(store)
        .live()
        .filter(woo_id__in=keys, status=Product.Status.PUBLISHED)
    )
    return {str(product.woo_id): product for product in rows.only("name", "woo_id")}
