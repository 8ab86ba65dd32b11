"""Write a product of a file with its variants, categories, tags and pictures."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.text import slugify

from apps.accounts.models import Store
from apps.shop.models import Category, Image, Product, Tag, Variant
from apps.shop.services.catalog import record_product, record_variant
from apps.shop.services.remove import remove
from apps.shop.services.upsert import Outcome, upsert
from apps.sync.files.products import ProductRows, VariantRow

Path = tuple[tuple[int | None, str], ...]


@dataclass
class Shelves:
    """Categories and tags written a moment ago. Forgotten when a write is taken back."""

    categories: dict[Path, Category] = field(default_factory=dict)
    tags: dict[tuple[int | None, str], Tag] = field(default_factory=dict)

    def clear(self) -> None:
        self.categories.clear()
        self.tags.clear()


def made_up_id(*words: object) -> int:
    """A number for what a file only names; the same for the same name."""
    said = "\n".join(str(word) for word in words)
    digest = hashlib.blake2b(said.encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 1 | 1 << 62


def write(store: Store, rows: ProductRows, at: datetime, shelves: Shelves) -> Outcome:
    """`at` stands for the moment of change where the file names none."""
    known = Product.objects.of(store).filter(woo_id=rows.id).first()
    before = links(known)
    values = rows.values if known else {**rows.defaults, **rows.values}
    categories, tags = None, None
    if rows.categories is not None:
        categories = [
            category(store, tuple(path), at, shelves)
            for path in rows.categories
            if path
        ]
    if rows.tags is not None:
        tags = [tag(store, named, at, shelves) for named in rows.tags]
    product, outcome = record_product(
        store, rows.id, rows.modified_at or at, values, categories=categories, tags=tags
    )  # fmt: skip
    is_changed = write_variants(product, rows.variants, at)
    if outcome is not Outcome.STALE and rows.image_urls is not None:
        is_changed |= write_images(product, rows.image_urls, at)
    is_moved = known is not None and before != links(product)
    if outcome is Outcome.UNCHANGED and (is_changed or is_moved):
        return Outcome.UPDATED
    return outcome


def links(product: Product | None) -> tuple[set[int], set[int]]:
    if product is None:
        return set(), set()
    return (
        set(product.categories.values_list("pk", flat=True)),
        set(product.tags.values_list("pk", flat=True)),
    )


def write_variants(product: Product, rows: list[VariantRow], at: datetime) -> bool:
    """Tell whether anything changed."""
    store = product.store
    mine = Variant.objects.of(store).live().filter(product=product)
    known = set(
        Variant.objects.of(store)
        .filter(woo_id__in=[row.id for row in rows])
        .values_list("woo_id", flat=True)
    )
    is_changed = False
    for row in rows:
        if row.is_own and mine.exclude(woo_id=row.id).exists():
            continue
        values = (
            row.values if row.id in known else {"manages_stock": False} | row.values
        )
        _, outcome = record_variant(product, row.id, row.modified_at or at, values)
        is_changed |= outcome in (Outcome.CREATED, Outcome.UPDATED)
    return is_changed


def category(store: Store, path: Path, at: datetime, shelves: Shelves) -> Category:
    """The last one of the path; those above it are written first."""
    if path in shelves.categories:
        return shelves.categories[path]
    above = category(store, path[:-1], at, shelves) if path[:-1] else None
    woo_id, name = path[-1]
    names = [part for _, part in path]
    row, _ = upsert(
        Category,
        store,
        woo_id or made_up_id("category", *names),
        at,
        {"name": name, "slug": slugify(name, allow_unicode=True), "parent": above},
    )
    shelves.categories[path] = row
    return row


def tag(
    store: Store, named: tuple[int | None, str], at: datetime, shelves: Shelves
) -> Tag:
    if named in shelves.tags:
        return shelves.tags[named]
    woo_id, name = named
    values = {"name": name, "slug": slugify(name, allow_unicode=True)}
    row, _ = upsert(Tag, store, woo_id or made_up_id("tag", name), at, values)
    shelves.tags[named] = row
    return row


def write_images(product: Product, urls: list[str], at: datetime) -> bool:
    """Tell whether anything changed. A picture that is listed no longer goes."""
    store, is_changed = product.store, False
    shown = Image.objects.of(store).live().filter(product=product).exclude(url="")
    by_url = {image.url: image for image in shown}
    for position, url in enumerate(urls):
        known = by_url.pop(url, None)
        woo_id = known.woo_id if known else made_up_id("image", product.woo_id, url)
        if woo_id is None or (known and known.position == position):
            continue
        values = {"url": url, "position": position}
        upsert(Image, store, woo_id, at, values, within={"product": product})
        is_changed = True
    for gone in by_url.values():
        if gone.woo_id is not None:
            is_changed |= remove(Image, store, gone.woo_id, at)
    return is_changed
