"""Products as they stand this moment: a shelf may be a night old, stock may not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from apps.accounts.models import Store
from apps.core.services.memory import Memory
from apps.features.models import ProductFeatures
from apps.recommendations.services.answering import rows
from apps.recommendations.services.answering.ask import Ask, Card
from apps.recommendations.services.answering.remembered import Parents, parents_of
from apps.recommendations.services.answering.wishes import Match, Wishes
from apps.shop.models import Product, Variant


class Tree:
    """Which category lies in which. Read when somebody asks, once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.known: Parents | None = None
        self.inside: dict[int, set[int]] = {}

    @property
    def parents(self) -> Parents:
        if self.known is None:
            self.known = parents_of(self.store)
        return self.known

    def above(self, category: int) -> list[int]:
        """Itself first, the topmost last; a circle that a shop made ends somewhere."""
        path: list[int] = []
        step: int | None = category
        while step is not None and step in self.parents and step not in path:
            path.append(step)
            step = self.parents[step]
        return path

    def within(self, category: int) -> set[int]:
        """Itself and all below."""
        if category not in self.inside:
            below = {one for one in self.parents if category in self.above(one)}
            self.inside[category] = below
        return self.inside[category]


TREES: Memory[int, Tree] = Memory()


def tree_of(store: Store) -> Tree:
    """Believed for five seconds, with what was found in it."""
    return TREES.ask(store.pk, lambda: Tree(store))


def cards_of(store: Store, products: Collection[int], at: datetime) -> dict[int, Card]:
    """Of those that are this store's and not deleted, whatever else they are."""
    return {row[0]: card(row) for row in rows.products(store, products, at)}


def card(row: Sequence[Any]) -> Card:
    pk, woo_id, name, brand, price, permalink, is_visible, is_there, *more = row
    variants, held, since, cost = more
    price = rows.amount(price)
    pieces = [
        (size, color) for size, color, can_be_ordered in variants if can_be_ordered
    ]
    return Card(
        product=pk,
        woo_id=woo_id,
        name=name,
        brand=brand,
        price=price,
        permalink=permalink,
        is_visible=bool(is_visible),
        is_sellable=bool(is_there) and (bool(pieces) or not variants),
        sizes=frozenset(size for size, _ in pieces),
        # Of one whose color is unknown none is in common with another one.
        colors=frozenset(color for _, color in pieces if color),
        categories=frozenset(held),
        published_at=rows.moment(since),
        margin=margin_of(price, rows.amount(cost)),
    )


def margin_of(price: Decimal | None, cost: Decimal | None) -> float | None:
    return None if not price or cost is None else float((price - cost) / price)


def sellable(store: Store, ask: Ask, at: datetime, tree: Tree) -> QuerySet[Product]:
    """All that may be shown now, as the database sees it: card() says the same."""
    variants = Variant.objects.of(store).filter(product=OuterRef("pk"))
    pieces = variants.orderable()
    has_piece = Exists(pieces.filter(size=ask.size) if ask.size else pieces)
    found = Product.objects.of(store).visible(at).in_stock()
    if ask.size:
        found = found.filter(has_piece)
    else:
        found = found.filter(has_piece | ~Exists(variants.live()))
    if ask.price_from is not None:
        found = found.filter(price__gte=ask.price_from)
    if ask.price_to is not None:
        found = found.filter(price__lte=ask.price_to)
    if ask.category is not None:
        found = found.filter(in_categories(tree.within(ask.category)))
    return wished(found, ask.wishes, at)


def wished(found: QuerySet[Product], wishes: Wishes, at: datetime) -> QuerySet[Product]:
    """What the merchant's rules leave, as far as the database can tell: else the best few
    of a shop might all be of a brand that is not to be shown. Rules look again."""
    if wishes.price_from is not None:
        found = found.filter(price__gte=wishes.price_from)
    if wishes.price_to is not None:
        found = found.filter(price__lte=wishes.price_to)
    if wishes.only or wishes.excluded:
        found = found.annotate(lower_brand=Lower("brand"))
    for match in wishes.only:
        found = found.filter(meant_by(match, at))
    for match in wishes.excluded:
        found = found.exclude(meant_by(match, at))
    return found


def meant_by(match: Match, at: datetime) -> Q:
    """As Match.fits."""
    meant = Q() if match.says_something else Q(pk__in=())
    if match.products:
        meant &= Q(pk__in=match.products)
    if match.categories:
        meant &= Q(in_categories(match.categories))
    if match.brands:
        meant &= Q(lower_brand__in=match.brands)
    if match.is_new_days is not None:
        meant &= Q(published_at__gte=at - timedelta(days=match.is_new_days))
    return meant


def in_categories(categories: Iterable[int]) -> Exists:
    """Not a join: a product of two of them would come twice."""
    held = Product.categories.through._default_manager.filter(
        product=OuterRef("pk"), category__in=list(categories)
    )
    return Exists(held)


def newest(found: QuerySet[Product], most: int) -> list[int]:
    by_age = found.order_by(F("published_at").desc(nulls_last=True), "-pk")
    return list(by_age.values_list("pk", flat=True)[:most])


def selling(store: Store, found: QuerySet[Product], most: int) -> list[int]:
    """Those of `found` that sell best of late."""
    best = ProductFeatures.objects.of(store).filter(product__in=found)
    ordered = best.order_by("-units_28", "-views_28", "product_id")
    return list(ordered.values_list("product_id", flat=True)[:most])


def is_between(
    price: Decimal | None, least: Decimal | None, most: Decimal | None
) -> bool:
    if price is None:
        return False
    return (least is None or price >= least) and (most is None or price <= most)
