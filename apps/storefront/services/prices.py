"""What a product's card says of its price: as the shop shows it, and as the law wants it.

One query for many products; one more for those that are reduced, whose lowest price is
then remembered until their history goes on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from django.db.models import F, Q

from apps.accounts.models import Store
from apps.core.services.memory import Memory
from apps.core.services.plain_sql import dialect, fetch, listed, parsed
from apps.shop.models import PriceChange, Product
from apps.shop.services.prices import before_reduction, life_of

PLACES = Decimal("0.0001")
# A sale whose time is over is none, though the shop's nightly job has not ended it yet.
IS_TIME = """
    CASE WHEN ({of}.sale_from_at IS NULL OR {of}.sale_from_at <= %s)
          AND ({of}.sale_to_at IS NULL OR {of}.sale_to_at > %s) THEN 1 ELSE 0 END
"""
PRICES = """
    SELECT product.id, product.currency, product.price, product.regular_price,
           {product_time},
           (SELECT CAST({listed}({pair}(variant.id, variant.price,
                    variant.regular_price, {variant_time})) AS text)
            FROM shop_variant AS variant
            WHERE variant.product_id = product.id AND variant.store_id = %s
              AND variant.deleted_at IS NULL),
           (SELECT change.id FROM shop_pricechange AS change
            WHERE change.store_id = %s AND change.product_id = product.id
              AND change.changed_at <= %s
            ORDER BY change.changed_at DESC, change.id DESC LIMIT 1),
           CASE WHEN product.sale_to_at IS NULL AND NOT EXISTS (
                SELECT 1 FROM shop_variant AS variant
                WHERE variant.product_id = product.id AND variant.store_id = %s
                  AND variant.deleted_at IS NULL AND variant.sale_to_at IS NOT NULL
           ) THEN 0 ELSE 1 END
    FROM shop_product AS product
    WHERE product.store_id = %s AND product.deleted_at IS NULL AND product.id {among}
"""
# By product, its newest change, and who was asked about: history is only ever added to.
LOWEST: Memory[tuple[int, int, tuple[int | None, ...]], tuple[Decimal | None]] = Memory(
    600.0
)


@dataclass(frozen=True, slots=True)
class Prices:
    """`price_to`: the dearest size or color, where they differ. `regular_price`: where it
    is reduced, and then `lowest_price`: the lowest of the 30 days before, None where that
    is not known or not the same of all."""

    currency: str
    price: Decimal
    price_to: Decimal | None = None
    regular_price: Decimal | None = None
    lowest_price: Decimal | None = None
    # A sale of it ends, or ended, at a moment that no change tells of.
    has_end: bool = False


@dataclass(frozen=True, slots=True)
class Tag:
    """What one size or color, or the product itself (`variant` None), costs."""

    variant: int | None
    price: Decimal
    regular: Decimal | None

    @property
    def is_reduced(self) -> bool:
        return self.regular is not None and self.price < self.regular


@dataclass(frozen=True, slots=True)
class Tagged:
    product: int
    currency: str
    tags: Sequence[Tag]
    newest_change: int | None
    has_end: bool

    @property
    def regular_price(self) -> Decimal | None:
        """As WooCommerce shows it: only where all cost the same now and before."""
        first = self.tags[0]
        same = {(tag.price, tag.regular) for tag in self.tags}
        return first.regular if len(same) == 1 and first.is_reduced else None

    @property
    def subjects(self) -> tuple[int | None, ...]:
        return tuple(tag.variant for tag in self.tags)


def prices_of(
    store: Store, products: Collection[int], at: datetime
) -> dict[int, Prices]:
    """Of this store's products that have a price."""
    tagged = [one for row in read(store, products, at) if (one := tagged_of(row))]
    reduced = [one for one in tagged if one.regular_price is not None]
    lowest = lowest_of(store, reduced, at)
    return {
        one.product: Prices(
            one.currency,
            min(tag.price for tag in one.tags),
            dearest(one.tags),
            one.regular_price,
            lowest.get(one.product),
            one.has_end,
        )
        for one in tagged
    }


def read(
    store: Store, products: Collection[int], at: datetime
) -> Iterable[tuple[Any, ...]]:
    if not products:
        return []
    statement = PRICES.format(
        product_time=IS_TIME.format(of="product"),
        variant_time=IS_TIME.format(of="variant"),
        **dialect(),
    )
    owner = store.pk
    values = [at, at, at, at, owner, owner, at, owner, owner, listed(products)]
    return fetch(statement, values)


def tagged_of(row: Sequence[Any]) -> Tagged | None:
    product, currency, price, regular, is_time, variants, newest, has_end = row
    whole = tag_of(None, price, regular, is_time)
    parts = [tag_of(*variant) for variant in sorted(parsed(variants) or [])]
    # One without a price of its own costs what its product does.
    tags = [tag or whole for tag in parts] or [whole]
    known = [tag for tag in tags if tag is not None]
    return Tagged(product, currency, known, newest, bool(has_end)) if known else None


def tag_of(variant: int | None, price: Any, regular: Any, is_time: Any) -> Tag | None:
    if price is None:
        return None
    return Tag(variant, amount(price), amount(regular) if is_time and regular else None)


def amount(value: Any) -> Decimal:
    """SQLite gives floats."""
    return Decimal(str(value)).quantize(PLACES)


def dearest(tags: Sequence[Tag]) -> Decimal | None:
    most = max(tag.price for tag in tags)
    return most if most > min(tag.price for tag in tags) else None


def lowest_of(
    store: Store, reduced: Sequence[Tagged], at: datetime
) -> dict[int, Decimal | None]:
    found: dict[int, Decimal | None] = {}
    fresh: list[Tagged] = []
    for one in reduced:
        if one.newest_change is None:
            continue
        key = (one.product, one.newest_change, one.subjects)
        if (known := LOWEST.get(key)) is None:
            fresh.append(one)
        else:
            found[one.product] = known[0]
    for one, lowest in zip(fresh, look_up(store, fresh, at), strict=True):
        LOWEST.put((one.product, one.newest_change or 0, one.subjects), (lowest,))
        found[one.product] = lowest
    return found


def look_up(
    store: Store, reduced: Sequence[Tagged], at: datetime
) -> list[Decimal | None]:
    if not reduced:
        return []
    rows = (
        PriceChange.objects.of(store)
        .filter(product__in=[one.product for one in reduced], changed_at__lte=at)
        .select_related("product", "variant")
        .only(
            "product_id", "variant_id", "price", "regular_price", "currency",
            "changed_at", "product__published_at", "product__created_at",
            "variant__created_at",
        )
    )  # fmt: skip
    history: dict[tuple[int, int | None], list[PriceChange]] = defaultdict(list)
    for row in rows.order_by("changed_at", "pk"):
        history[row.product_id, row.variant_id].append(row)
    return [lowest_of_all(one, history, store.zone) for one in reduced]


def lowest_of_all(
    one: Tagged, history: dict[tuple[int, int | None], list[PriceChange]], zone: tzinfo
) -> Decimal | None:
    """What is true of every size and color, each before its own reduction."""
    found = set()
    for tag in one.tags:
        steps = life_of(history.get((one.product, tag.variant), []))
        last = steps[-1] if steps else None
        # A history that does not end with the present price is not the whole one.
        is_whole = last and (last.price, last.currency) == (tag.price, one.currency)
        found.add(before_reduction(steps, zone) if is_whole else None)
    return found.pop() if len(found) == 1 else None


def count_unknown(store: Store, at: datetime) -> int:
    """Products that stand reduced without their lowest price, of the first thousand."""
    reduced = Product.objects.of(store).visible(at).filter(
        Q(price__lt=F("regular_price"))
        | Q(variants__price__lt=F("variants__regular_price"))
    )  # fmt: skip
    keys = list(reduced.order_by("pk").values_list("pk", flat=True).distinct()[:1000])
    said = prices_of(store, keys, at).values()
    return sum(
        one.regular_price is not None and one.lowest_price is None for one in said
    )
