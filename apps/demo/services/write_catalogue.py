"""Products, variants, pictures and their words, as rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np

from apps.accounts.models import Store
from apps.demo.services.load import Tell, insert, money, source
from apps.demo.simulator.assortment import BRANDS, KINDS, SIZES
from apps.demo.simulator.demand import FADE
from apps.demo.simulator.draw import shots
from apps.demo.simulator.numbers import IMAGE_WOO, PRODUCT_WOO, VARIANT_WOO
from apps.demo.simulator.palette import PALETTE
from apps.demo.simulator.plan import Ints
from apps.demo.simulator.prices import NONE
from apps.demo.simulator.world import World
from apps.shop.models import (
    Attribute,
    AttributeTerm,
    Category,
    Image,
    Product,
    Tag,
    Variant,
)
from apps.shop.models.catalog import StockStatus
from apps.shop.services import bulk

PARENTS = ("Clothing", "Modest", "Shoes & Accessories")
TAGS = (
    "New in",
    "Sale",
    "Bestseller",
    "Eid & Ramadan",
    "Wedding Guest",
    "Office",
    "Last pieces",
)


@dataclass(frozen=True)
class Ids:
    """Database ids by the simulator's own numbers."""

    products: Ints
    variants: Ints


def write(store: Store, slug: str, world: World, tell: Tell) -> Ids:
    categories = _categories(store, world)
    tags = _tags(store, world)
    _attributes(store, world)
    rows = list(_products(store, world))
    products = insert(rows, tell)
    pairs = [
        (row, categories[level])
        for row, number in zip(rows, world.catalogue.category, strict=True)
        for level in (KINDS[number].slug, KINDS[number].parent)
    ]
    bulk.put_in_categories(pairs)
    bulk.put_tags(list(_tagged(world, rows, tags)))
    variants = insert(_variants(store, world, products), tell)
    insert(_images(store, slug, world, products, variants), tell)
    return Ids(products, variants)


def _categories(store: Store, world: World) -> dict[str, Category]:
    when = source(world.plan.midnight)
    parents = [
        Category(
            store=store,
            woo_id=11 + i,
            name=name,
            slug=name.lower().replace(" & ", "-"),
            position=i,
            **when,
        )
        for i, name in enumerate(PARENTS)
    ]
    known = {row.name: row for row in bulk.insert(parents)}
    children = [
        Category(
            store=store,
            woo_id=21 + i,
            name=kind.name,
            slug=kind.slug,
            parent=known[kind.parent],
            position=i,
            **when,
        )
        for i, kind in enumerate(KINDS)
    ]
    return known | {row.slug: row for row in bulk.insert(children)}


def _tags(store: Store, world: World) -> dict[str, Tag]:
    rows = [
        Tag(
            store=store,
            woo_id=61 + i,
            name=name,
            slug=name.lower().replace(" & ", "-").replace(" ", "-"),
            **source(world.plan.midnight),
        )
        for i, name in enumerate(TAGS)
    ]
    return {row.name: row for row in bulk.insert(rows)}


def _attributes(store: Store, world: World) -> None:
    when = source(world.plan.midnight)
    names = ("Size", "Color", "Material", "Pattern", "Occasion")
    rows = bulk.insert(
        [
            Attribute(
                store=store, woo_id=1 + i, name=name, slug=f"pa_{name.lower()}", **when
            )
            for i, name in enumerate(names)
        ]
    )
    looks = world.catalogue.looks
    terms = (
        [size for sizes in SIZES.values() for size in sizes],
        [shade.name for shade in PALETTE],
        sorted({look.material for look in looks}),
        sorted({look.pattern for look in looks}),
        sorted({look.occasion for look in looks}),
    )
    pairs = [
        (row, place, name)
        for row, values in zip(rows, terms, strict=True)
        for place, name in enumerate(values)
    ]
    bulk.insert(
        [
            AttributeTerm(
                store=store,
                woo_id=201 + i,
                attribute=row,
                name=name,
                slug=name.lower().replace(" ", "-"),
                position=place,
                **when,
            )
            for i, (row, place, name) in enumerate(pairs)
        ]
    )


def _tagged(
    world: World, rows: list[Product], tags: dict[str, Tag]
) -> Iterator[tuple[Product, Tag]]:
    today = world.plan.days - 1
    units = np.bincount(
        world.catalogue.variant_product[world.books.line_variant], minlength=len(rows)
    )
    best = set(np.argsort(-units, kind="stable")[: max(1, len(rows) // 12)].tolist())
    for number, (row, look) in enumerate(zip(rows, world.catalogue.looks, strict=True)):
        if today - world.catalogue.launch[number] < 30:
            yield row, tags["New in"]
        if world.prices.promotion[number, today] != NONE:
            yield row, tags["Sale"]
        if number in best:
            yield row, tags["Bestseller"]
        if world.catalogue.last[number] < today:
            yield row, tags["Last pieces"]
        if look.occasion in tags:
            yield row, tags[look.occasion]


def price_now(world: World, product: int) -> dict[str, Any]:
    """The price fields that products and variants share, on the last day."""
    today = world.plan.days - 1
    regular = money(world.prices.regular[product, today])
    price = money(world.prices.price[product, today])
    fields: dict[str, Any] = {
        "price": price,
        "regular_price": regular,
        "cost": money(world.catalogue.cost[product]),
    }
    promotion = world.prices.promotion[product, today]
    if promotion != NONE and price < regular:
        promo = world.prices.promotions[promotion]
        fields |= {
            "sale_price": price,
            "sale_from_at": world.plan.at(promo.start * 86_400),
            "sale_to_at": world.plan.at(promo.end * 86_400),
        }
    return fields


def _products(store: Store, world: World) -> Iterator[Product]:
    plan, goods = world.plan, world.catalogue
    stock = np.bincount(goods.variant_product, world.shelves.final)
    for number, look in enumerate(goods.looks):
        launched = plan.at(int(goods.launch[number]) * 86_400)
        gone = bool(goods.last[number] + FADE < plan.days)
        yield Product(
            store=store,
            woo_id=PRODUCT_WOO + number,
            name=look.name,
            slug=look.slug,
            sku=look.sku,
            kind=Product.Kind.VARIABLE,
            status=Product.Status.PRIVATE if gone else Product.Status.PUBLISHED,
            is_visible=not gone,
            description=look.description,
            short_description=look.short,
            brand=BRANDS[goods.brand[number]].name,
            permalink=f"/demo/p/{look.slug}/",
            currency=plan.currency,
            stock_status=_status(int(stock[number])),
            published_at=launched,
            extra=_extra(world, number),
            **price_now(world, number),
            **source(launched, _last_change(world, number)),
        )


def _extra(world: World, number: int) -> dict[str, Any]:
    look = world.catalogue.looks[number]
    shown = {
        key: value
        for key, value in look.shape.items()
        if key != "kind" and value not in {"no", "none"}
    }
    return {
        "attributes": {
            "Material": look.material,
            "Pattern": look.pattern,
            "Occasion": look.occasion,
        },
        "details": shown,
        "translations": {"ar": {"name": look.arabic}},
    }


def _last_change(world: World, product: int) -> datetime:
    """The day on which its price last changed, else its launch."""
    past = world.prices.price[product, : world.plan.days]
    changes = np.flatnonzero(np.diff(past))
    day = int(changes[-1]) + 1 if len(changes) else 0
    return world.plan.at(max(day, int(world.catalogue.launch[product])) * 86_400)


def _status(quantity: int) -> str:
    return StockStatus.IN_STOCK if quantity > 0 else StockStatus.OUT_OF_STOCK


def _variants(store: Store, world: World, products: Ints) -> Iterator[Variant]:
    goods = world.catalogue
    prices: dict[int, dict[str, Decimal]] = {}
    rows = zip(
        goods.variant_product,
        goods.variant_size,
        goods.variant_color,
        world.shelves.final,
        strict=True,
    )
    for number, (product, size, color, stock) in enumerate(rows):
        look, shade = goods.looks[product], PALETTE[color]
        if product not in prices:
            prices[product] = price_now(world, int(product))
        yield Variant(
            store=store,
            product_id=int(products[product]),
            woo_id=VARIANT_WOO + number,
            sku=f"{look.sku}-{shade.name.replace(' ', '').upper()[:6]}-{look.sizes[size].replace(' ', '').upper()}",
            size=look.sizes[size],
            color=shade.name,
            stock_quantity=int(stock),
            stock_status=_status(int(stock)),
            position=number,
            **prices[product],
            **source(world.plan.at(int(goods.launch[product]) * 86_400)),
        )


def _images(
    store: Store, slug: str, world: World, products: Ints, variants: Ints
) -> Iterator[Image]:
    goods = world.catalogue
    number = 0
    first = np.searchsorted(goods.variant_product, np.arange(goods.count))
    for product, look in enumerate(goods.looks):
        when = source(world.plan.at(int(goods.launch[product]) * 86_400))
        for place, shot in enumerate(shots(look)):
            shade = PALETTE[shot.color].name
            variant = first[product] + look.colors.index(shot.color) * len(look.sizes)
            yield Image(
                store=store,
                product_id=int(products[product]),
                variant_id=int(variants[variant]) if shot.angle == "front" else None,
                woo_id=IMAGE_WOO + number,
                file=picture_name(slug, shot.name),
                alt=f"{look.name} in {shade}, {shot.angle}",
                color=shade,
                position=place,
                **when,
            )
            number += 1


def picture_name(slug: str, name: str) -> str:
    return f"demo/{slug}/{name}"
