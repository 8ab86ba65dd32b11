"""Insert many rows of one kind at once: first syncs, imports and the demo shop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.db import models, transaction

from apps.shop.models import Category, Product, Tag

Row = TypeVar("Row", bound=models.Model)


def insert(rows: Sequence[Row], batch_size: int = 2_000) -> list[Row]:
    """Insert rows of one model and return them with their ids."""
    if not rows:
        return []
    model = type(rows[0])
    with transaction.atomic():
        return model._default_manager.bulk_create(rows, batch_size=batch_size)


def put_in_categories(pairs: Sequence[tuple[Product, Category]]) -> None:
    """Link products with categories; a link that is there already stays one."""
    through = Product.categories.through
    through._default_manager.bulk_create(
        [
            through(product_id=product.pk, category_id=category.pk)
            for product, category in pairs
        ],
        batch_size=2_000,
        ignore_conflicts=True,
    )


def put_tags(pairs: Sequence[tuple[Product, Tag]]) -> None:
    """Link products with tags; a link that is there already stays one."""
    through = Product.tags.through
    through._default_manager.bulk_create(
        [through(product_id=product.pk, tag_id=tag.pk) for product, tag in pairs],
        batch_size=2_000,
        ignore_conflicts=True,
    )
