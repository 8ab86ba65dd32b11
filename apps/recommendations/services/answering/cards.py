"""Products as they stand this moment: a shelf may be a night old, stock may not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from apps.accounts.models import Store
from apps.features.models import ProductFeatures
from apps.recommendations.services.answering.ask import Ask, Card
from apps.shop.models import Category, Product, StockStatus, Variant

COLUMNS = (
    "pk", "woo_id", "name", "brand", "price", "permalink", "status", "is_visible",
    "published_at", "stock_status", "has_variants",
)  # fmt: skip


class Tree:
    """Which category lies in which. Read when somebody asks, once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.known: dict[int, int | None] | None = None
        self.inside: dict[int, set[int]] = {}

    @property
    def parents(self) -> dict[int, int | None]:
        if self.known is None:
            rows = Category.objects.of(self.store).live()
            self.known = dict(rows.values_list("pk", "parent_id"))
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


def cards_of(
    store: Store, products: Collection[int], at: datetime, size: str = ""
) -> dict[int, Card]:
    """Of those that are this store's, whatever state they are in."""
    has_variants = Exists(
        Variant.objects.of(store).live().filter(product=OuterRef("pk"))
    )
    rows = Product.objects.of(store).live().filter(pk__in=products)
    found = list(rows.annotate(has_variants=has_variants).values_list(*COLUMNS))
    ids = [row[0] for row in found]
    sizes, colors, there = variants_of(store, ids)
    categories = categories_of(ids)
    return {
        row[0]: card(row, at, sizes, colors, categories, row[0] in there)
        for row in found
    }


def card(
    row: Sequence[Any],
    at: datetime,
    sizes: dict[int, set[str]],
    colors: dict[int, set[str]],
    categories: dict[int, set[int]],
    has_piece: bool,
) -> Card:
    pk, woo_id, name, brand, price, permalink, status, shown, published, stock, many = (
        row
    )
    return Card(
        product=pk,
        woo_id=woo_id,
        name=name,
        brand=brand,
        price=price,
        permalink=permalink,
        is_visible=shown
        and status == Product.Status.PUBLISHED
        and price is not None
        and (published is None or published <= at),
        is_sellable=stock != StockStatus.OUT_OF_STOCK and (has_piece or not many),
        sizes=frozenset(sizes[pk]),
        colors=frozenset(colors[pk]),
        categories=frozenset(categories[pk]),
    )


def variants_of(
    store: Store, products: Collection[int]
) -> tuple[dict[int, set[str]], dict[int, set[str]], set[int]]:
    """Sizes and colors that can be ordered, and which products have any piece."""
    sizes: dict[int, set[str]] = defaultdict(set)
    colors: dict[int, set[str]] = defaultdict(set)
    there: set[int] = set()
    rows = Variant.objects.of(store).orderable().filter(product__in=products)
    for product, size, color in rows.values_list("product_id", "size", "color"):
        there.add(product)
        sizes[product].add(size)
        colors[product].add(color)
    return sizes, colors, there


def categories_of(products: Collection[int]) -> dict[int, set[int]]:
    """Of products that are known to be this store's."""
    found: dict[int, set[int]] = defaultdict(set)
    held = Product.categories.through._default_manager.filter(product__in=products)
    for product, category in held.values_list("product_id", "category_id"):
        found[product].add(category)
    return found


def sellable(store: Store, ask: Ask, at: datetime, tree: Tree) -> QuerySet[Product]:
    """All that may be shown now, as the database sees it: card() says the same."""
    variants = Variant.objects.of(store).filter(product=OuterRef("pk"))
    pieces = variants.orderable()
    has_piece = Exists(pieces.filter(size=ask.size) if ask.size else pieces)
    rows = Product.objects.of(store).visible(at).in_stock()
    if ask.size:
        rows = rows.filter(has_piece)
    else:
        rows = rows.filter(has_piece | ~Exists(variants.live()))
    if ask.price_from is not None:
        rows = rows.filter(price__gte=ask.price_from)
    if ask.price_to is not None:
        rows = rows.filter(price__lte=ask.price_to)
    if ask.category is not None:
        rows = rows.filter(in_categories(tree.within(ask.category)))
    return rows


def in_categories(categories: Iterable[int]) -> Exists:
    """Not a join: a product of two of them would come twice."""
    held = Product.categories.through._default_manager.filter(
        product=OuterRef("pk"), category__in=list(categories)
    )
    return Exists(held)


def newest(rows: QuerySet[Product], most: int) -> list[int]:
    by_age = rows.order_by(F("published_at").desc(nulls_last=True), "-pk")
    return list(by_age.values_list("pk", flat=True)[:most])


def selling(store: Store, rows: QuerySet[Product], most: int) -> list[int]:
    """Those of `rows` that sell best of late."""
    best = ProductFeatures.objects.of(store).filter(product__in=rows)
    ordered = best.order_by("-units_28", "-views_28", "product_id")
    return list(ordered.values_list("product_id", flat=True)[:most])


def is_between(
    price: Decimal | None, least: Decimal | None, most: Decimal | None
) -> bool:
    if price is None:
        return False
    return (least is None or price >= least) and (most is None or price <= most)
