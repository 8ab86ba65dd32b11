"""Products with their pictures and words, and variations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.db.models import F, Prefetch

from apps.accounts.models import Store
from apps.shop.models import Category, Image, Product, Tag, Variant
from apps.shop.models.source import SourceQuerySet
from apps.shop.services import images
from apps.shop.services.catalog import record_product, record_variant
from apps.shop.services.record_catalog import (
    ProductCopy,
    VariantCopy,
    insert_products,
    insert_variants,
)
from apps.shop.services.remove import remove
from apps.shop.services.upsert import Outcome, cleaned, upsert
from apps.sync.services.copiers.base import Copier, Copy
from apps.sync.woo.things import ParsedProduct, ParsedVariation

Named = tuple[int, str, str]
# What a product without choices says of its only variant.
OWN = (
    "sku", "price", "regular_price", "sale_price", "sale_from_at", "sale_to_at",
    "stock_quantity", "stock_status", "manages_stock", "size", "color", "options",
)  # fmt: skip


class ProductCopier(Copier[Product, ParsedProduct]):
    model = Product

    def prepare(
        self, store: Store, things: Sequence[ParsedProduct]
    ) -> list[Copy[ParsedProduct]]:
        return [self.prepare_one(store, thing) for thing in things]

    def prepare_one(self, store: Store, thing: ParsedProduct) -> Copy[ParsedProduct]:
        values = {**thing.values, "currency": store.currency}
        only = cleaned(Variant, thing.variant) if thing.variant is not None else None
        parts = {
            "categories": sorted(woo_id for woo_id, *_ in thing.categories),
            "tags": sorted(woo_id for woo_id, *_ in thing.tags),
            "images": sorted(
                [woo_id, *cleaned(Image, said).values()]
                for woo_id, said in dict(thing.images).items()
            ),
            "variant": only and [only[name] for name in OWN],
        }
        return Copy(thing, self.clean(values), parts, found=values)

    def write(
        self, store: Store, copy: Copy[ParsedProduct], seen_at: datetime | None
    ) -> Outcome:
        thing = copy.thing
        modified_at = cast("datetime", thing.modified_at)
        with transaction.atomic():
            product, outcome = record_product(
                store,
                thing.woo_id,
                modified_at,
                copy.found,
                categories=self.linked(store, Category, thing.categories),
                tags=self.linked(store, Tag, thing.tags),
                seen_at=seen_at,
            )
            if outcome is Outcome.STALE:
                return outcome
            is_changed = images.replace_gallery(product, thing.images)
            if thing.variant is not None:
                _, said = record_variant(
                    product, thing.woo_id, modified_at, thing.variant, seen_at
                )
                is_changed = is_changed or said is not Outcome.UNCHANGED
        if is_changed and outcome is Outcome.UNCHANGED:
            return Outcome.UPDATED
        return outcome

    def write_many(
        self,
        store: Store,
        copies: Sequence[Copy[ParsedProduct]],
        seen_at: datetime | None,
    ) -> dict[int, Outcome]:
        return new_and_known(self, store, copies, seen_at)

    def insert(self, store: Store, copies: Sequence[Copy[ParsedProduct]]) -> None:
        things = [copy.thing for copy in copies]
        words = [word for thing in things for word in thing.categories]
        categories = {w.woo_id: w for w in self.linked(store, Category, words)}
        labels = [word for thing in things for word in thing.tags]
        tags = {w.woo_id: w for w in self.linked(store, Tag, labels)}
        insert_products(
            store,
            [
                ProductCopy(
                    woo_id=copy.woo_id,
                    source_modified_at=cast("datetime", copy.thing.modified_at),
                    values=copy.found,
                    categories=pick(categories, copy.thing.categories),
                    tags=pick(tags, copy.thing.tags),
                    pictures=dict(copy.thing.images),
                    variant=copy.thing.variant,
                )
                for copy in copies
            ],
        )

    def linked(
        self, store: Store, model: type[Category] | type[Tag], named: list[Named]
    ) -> list[Any]:
        """Words that are new here are made from what the product says of them."""
        rows = model._default_manager.filter(store=store)
        ids = [woo_id for woo_id, *_ in named]
        known = {row.woo_id: row for row in rows.filter(woo_id__in=ids)}
        for woo_id, name, slug in named:
            if woo_id not in known:
                said = {"name": name, "slug": slug}
                known[woo_id] = upsert(model, store, woo_id, None, said)[0]
        return list(known.values())

    def with_parts(self, rows: SourceQuerySet[Any]) -> SourceQuerySet[Any]:
        own = Variant._default_manager.filter(woo_id=F("product__woo_id"))
        gallery = Image._default_manager.exclude(position=images.APART)
        return rows.prefetch_related(
            "categories",
            "tags",
            Prefetch("images", gallery.exclude(woo_id=None), to_attr="gallery"),
            Prefetch("variants", own.filter(deleted_at=None), to_attr="own_variants"),
        )

    def parts(self, row: Product) -> dict[str, Any]:
        gallery: list[Image] = row.gallery  # type: ignore[attr-defined]
        own: list[Variant] = row.own_variants  # type: ignore[attr-defined]
        return {
            "categories": sorted(word.woo_id for word in row.categories.all()),
            "tags": sorted(word.woo_id for word in row.tags.all()),
            "images": sorted(
                [picture.woo_id, picture.url, picture.alt, picture.position]
                for picture in gallery
            ),
            "variant": [getattr(own[0], name) for name in OWN] if own else None,
        }


def pick(rows: dict[Any, Any], named: list[Named]) -> list[Any]:
    """Each once, whatever a plugin repeats."""
    return [rows[woo_id] for woo_id in dict.fromkeys(word[0] for word in named)]


def new_and_known(
    copier: ProductCopier | VariationCopier,
    store: Store,
    copies: Sequence[Copy[Any]],
    seen_at: datetime | None,
) -> dict[int, Outcome]:
    """All that are new in a few statements; the others one by one."""
    ids = [copy.woo_id for copy in copies]
    rows = copier.model._default_manager.filter(store=store, woo_id__in=ids)
    known = set(rows.values_list("woo_id", flat=True))
    fresh = {copy.woo_id: copy for copy in copies if copy.woo_id not in known}
    done = {}
    try:
        with transaction.atomic():
            copier.insert(store, list(fresh.values()))
        done = dict.fromkeys(fresh, Outcome.CREATED)
    except IntegrityError:  # someone else has just written one of them
        pass
    for copy in copies:
        if copy.woo_id not in done:
            done[copy.woo_id] = copier.write(store, copy, seen_at)
    return done


class VariationCopier(Copier[Variant, ParsedVariation]):
    model = Variant

    def mine(self, store: Store) -> SourceQuerySet[Any]:
        """Not the only variant of a simple product, which has the product's own id."""
        return super().mine(store).exclude(woo_id=F("product__woo_id"))

    def live(self, store: Store) -> SourceQuerySet[Any]:
        """With a product in the bin, its variations are there too."""
        return super().live(store).filter(product__deleted_at=None)

    def prepare(
        self, store: Store, things: Sequence[ParsedVariation]
    ) -> list[Copy[ParsedVariation]]:
        ids = {thing.parent_id for thing in things}
        known = {
            row.woo_id: row
            for row in Product.objects.of(store).live().filter(woo_id__in=ids)
        }
        return [
            Copy(
                thing,
                self.clean({**thing.values, "product": known[thing.parent_id]}),
                found=known[thing.parent_id],
            )
            for thing in things
            if thing.parent_id in known
        ]

    def write(
        self, store: Store, copy: Copy[ParsedVariation], seen_at: datetime | None
    ) -> Outcome:
        thing = copy.thing
        with transaction.atomic():
            variant, outcome = record_variant(
                copy.found,
                thing.woo_id,
                cast("datetime", thing.modified_at),
                thing.values,
                seen_at,
            )
            if thing.image is not None and outcome is not Outcome.STALE:
                images.show_variant(variant, *thing.image)
        return outcome

    def write_many(
        self,
        store: Store,
        copies: Sequence[Copy[ParsedVariation]],
        seen_at: datetime | None,
    ) -> dict[int, Outcome]:
        return new_and_known(self, store, copies, seen_at)

    def insert(self, store: Store, copies: Sequence[Copy[ParsedVariation]]) -> None:
        rows = insert_variants(
            store,
            [
                VariantCopy(
                    copy.found,
                    copy.woo_id,
                    cast("datetime", copy.thing.modified_at),
                    copy.thing.values,
                )
                for copy in copies
            ],
        )
        for row, copy in zip(rows, copies, strict=True):
            if copy.thing.image is not None:
                images.show_variant(row, *copy.thing.image)


def drop_variants(
    store: Store, things: Sequence[ParsedProduct], seen_at: datetime | None
) -> set[int]:
    """Remove variations that their products no longer name, which the shop never tells
    of; return the products that name some which are not here."""
    wanted = {
        thing.woo_id: {thing.woo_id}
        if thing.variant is not None
        else set(thing.variation_ids)
        for thing in things
    }
    at = {thing.woo_id: seen_at or thing.modified_at for thing in things}
    rows = Variant.objects.of(store).live().filter(product__woo_id__in=wanted)
    pairs = rows.exclude(woo_id=None).values_list("product__woo_id", "woo_id")
    for product_id, woo_id in cast("list[tuple[int, int]]", list(pairs)):
        if woo_id in wanted[product_id]:
            wanted[product_id].discard(woo_id)
        elif (moment := at[product_id]) is not None:
            remove(Variant, store, woo_id, moment)
    return {product_id for product_id, missing in wanted.items() if missing}
