"""Products as rows of a file: one for each variant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch

from apps.accounts.models import Store
from apps.shop.models import Category, Image, Product, Tag, Variant
from apps.sync.files.columns import Column
from apps.sync.files.products import PRODUCT, VARIANT

CHUNK = 500
LINKED = {"categories", "category_ids", "tags", "tag_ids", "image_urls"}
RENAMED = {
    "id": "woo_id",
    "created_at": "source_created_at",
    "modified_at": "source_modified_at",
}


def rows(store: Store) -> Iterator[dict[str, Any]]:
    products = (
        Product.objects.of(store)
        .live()
        .exclude(woo_id=None)
        .order_by("pk")
        .prefetch_related(
            Prefetch("variants", Variant.objects.of(store).live().exclude(woo_id=None).order_by("pk")),
            Prefetch("images", Image.objects.of(store).live().exclude(url="")),
            Prefetch("categories", Category.objects.of(store).order_by("pk")),
            Prefetch("tags", Tag.objects.of(store).order_by("pk")),
        )
    )  # fmt: skip
    parents = Parents(store)
    for product in products.iterator(chunk_size=CHUNK):
        shared = {
            **fields(product, [c for c in PRODUCT if c.name not in LINKED]),
            **links(product, parents),
        }
        variants = list(product.variants.all())
        for variant in variants:
            yield shared | fields(variant, VARIANT)
        if not variants:
            yield shared


def fields(
    row: Product | Variant, columns: list[Column] | tuple[Column, ...]
) -> dict[str, Any]:
    return {
        column.name: getattr(row, RENAMED.get(column.target, column.target))
        for column in columns
    }


class Parents:
    """All categories of a store by their key: a path names those above."""

    def __init__(self, store: Store) -> None:
        rows = Category.objects.of(store).only("pk", "name", "woo_id", "parent_id")
        self.rows = {row.pk: row for row in rows}

    def path(self, row: Category) -> list[Category]:
        found, key = list[Category](), row.pk
        while key in self.rows and self.rows[key] not in found:
            found.insert(0, self.rows[key])
            key = self.rows[key].parent_id or 0
        return found


def links(product: Product, parents: Parents) -> dict[str, Any]:
    paths = [parents.path(row) for row in product.categories.all()]
    paths = [path for path in paths if all(row.woo_id for row in path)]
    tags = [row for row in product.tags.all() if row.woo_id]
    return {
        "categories": [" > ".join(row.name for row in path) for path in paths],
        "category_ids": [">".join(str(row.woo_id) for row in path) for path in paths],
        "tags": [row.name for row in tags],
        "tag_ids": [str(row.woo_id) for row in tags],
        "image_urls": list(dict.fromkeys(image.url for image in product.images.all())),
    }
