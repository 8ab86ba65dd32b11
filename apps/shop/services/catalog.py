"""Copy a product or a variant of the shop, with the history of its price and stock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.accounts.models import Store
from apps.shop.models import Category, Product, Tag, Variant
from apps.shop.services.prices import note_price
from apps.shop.services.stock import note_stock
from apps.shop.services.upsert import Outcome, upsert

REASON = "shop"


def record_product(
    store: Store,
    woo_id: int,
    source_modified_at: datetime,
    values: Mapping[str, Any],
    *,
    categories: Iterable[Category] | None = None,
    tags: Iterable[Tag] | None = None,
    seen_at: datetime | None = None,
) -> tuple[Product, Outcome]:
    """Write a payload; links with categories and tags stay as they are when None."""
    with transaction.atomic():
        product, outcome = upsert(
            Product, store, woo_id, source_modified_at, values, seen_at=seen_at
        )
        if outcome is Outcome.STALE:
            return product, outcome
        if categories is not None:
            product.categories.set(categories)
        if tags is not None:
            product.tags.set(tags)
        if outcome is not Outcome.UNCHANGED:
            note_price(product, source_modified_at, REASON)
    return product, outcome


def record_variant(
    product: Product,
    woo_id: int,
    source_modified_at: datetime,
    values: Mapping[str, Any],
    seen_at: datetime | None = None,
) -> tuple[Variant, Outcome]:
    """Write a payload of a variation, or of a product without choices as its variant."""
    with transaction.atomic():
        variant, outcome = upsert(
            Variant,
            product.store,
            woo_id,
            source_modified_at,
            {**values, "product": product},
            seen_at=seen_at,
        )
        if outcome in (Outcome.CREATED, Outcome.UPDATED):
            note_price(variant, source_modified_at, REASON)
            note_stock(variant, source_modified_at, REASON)
    return variant, outcome
