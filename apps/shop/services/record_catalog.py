"""Copy many products or variations that are new here, in a few statements.

What `catalog` and `images` would write one by one; a first sync would spend most of its
time there. Rows that are known already are not for here: IntegrityError.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.accounts.models import Store
from apps.shop.models import (
    Category,
    Image,
    PriceChange,
    Product,
    StockChange,
    Tag,
    Variant,
)
from apps.shop.services.catalog import REASON
from apps.shop.services.upsert import cleaned


@dataclass(frozen=True)
class ProductCopy:
    woo_id: int
    source_modified_at: datetime
    values: Mapping[str, Any]
    categories: Sequence[Category] = ()
    tags: Sequence[Tag] = ()
    pictures: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    # Of a product without choices: its only variant.
    variant: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class VariantCopy:
    product: Product
    woo_id: int
    source_modified_at: datetime
    values: Mapping[str, Any]


def insert_products(store: Store, copies: Sequence[ProductCopy]) -> list[Product]:
    with transaction.atomic():
        rows = Product.objects.bulk_create(
            Product(
                store=store,
                woo_id=copy.woo_id,
                source_modified_at=copy.source_modified_at,
                **cleaned(Product, copy.values),
            )
            for copy in copies
        )
        pairs = list(zip(rows, copies, strict=True))
        link(pairs)
        Image.objects.bulk_create(
            Image(store=store, product=row, woo_id=woo_id, **cleaned(Image, said))
            for row, copy in pairs
            for woo_id, said in copy.pictures.items()
        )
        note_prices([(row, None, copy.source_modified_at) for row, copy in pairs])
        insert_variants(
            store,
            [
                VariantCopy(row, copy.woo_id, copy.source_modified_at, copy.variant)
                for row, copy in pairs
                if copy.variant is not None
            ],
        )
    return rows


def link(pairs: Sequence[tuple[Product, ProductCopy]]) -> None:
    in_category, with_tag = Product.categories.through, Product.tags.through
    in_category._default_manager.bulk_create(
        in_category(product_id=row.pk, category_id=word.pk)
        for row, copy in pairs
        for word in copy.categories
    )
    with_tag._default_manager.bulk_create(
        with_tag(product_id=row.pk, tag_id=word.pk)
        for row, copy in pairs
        for word in copy.tags
    )


def insert_variants(store: Store, copies: Sequence[VariantCopy]) -> list[Variant]:
    with transaction.atomic():
        rows = Variant.objects.bulk_create(
            Variant(
                store=store,
                product=copy.product,
                woo_id=copy.woo_id,
                source_modified_at=copy.source_modified_at,
                **cleaned(Variant, copy.values),
            )
            for copy in copies
        )
        pairs = list(zip(rows, copies, strict=True))
        note_prices(
            [(copy.product, row, copy.source_modified_at) for row, copy in pairs]
        )
        StockChange.objects.bulk_create(
            StockChange(
                store=store,
                variant=row,
                quantity=row.pieces_left,
                reason=REASON,
                changed_at=copy.source_modified_at,
            )
            for row, copy in pairs
        )
    return rows


def note_prices(rows: Sequence[tuple[Product, Variant | None, datetime]]) -> None:
    """The first entry of each history."""
    PriceChange.objects.bulk_create(
        PriceChange(
            store=product.store,
            product=product,
            variant=variant,
            price=subject.price,
            regular_price=subject.regular_price,
            currency=product.currency,
            reason=REASON,
            changed_at=at,
        )
        for product, variant, at in rows
        if (subject := variant or product).price is not None
    )
