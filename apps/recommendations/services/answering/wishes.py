"""What a merchant wants of a shelf, beside what the brains say.

What several wishes mean together:

1. What may never stand on a shelf (services/answering/rules.py) never does, whoever pins it.
2. `excluded` goes before everything else here: what fits any of them is not shown, pinned or not.
3. `pinned` come first, in their order, whether a source names them or not. They pass by all
   that follows, but fill the caps.
4. `only`: a product must fit each of them. Price and margin: what lies outside is left out.
5. `factors`: of those that a product fits, all multiply its value.
6. Caps: at most so many of one brand, or of one category, on the shelf. Products without a
   brand, or in no category, are not counted.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """Which products: a product fits if it fits each part that is said.

    `categories` holds those below, too; `brands` are casefolded; `is_new_days`: in the
    shop for so many days at most. One that says nothing fits nothing.
    """

    products: frozenset[int] = NONE
    categories: frozenset[int] = NONE
    brands: frozenset[str] = frozenset()
    is_new_days: int | None = None

    @property
    def says_something(self) -> bool:
        parts = (self.products, self.categories, self.brands, self.is_new_days)
        return any(parts)

    def fits(
        self, product: int, categories: Collection[int], brand: str, days: float | None
    ) -> bool:
        """`days`: for how long it is in the shop; None: nobody knows, so it is not new."""
        if not self.says_something:
            return False
        if self.products and product not in self.products:
            return False
        if self.categories and self.categories.isdisjoint(categories):
            return False
        if self.brands and brand.casefold() not in self.brands:
            return False
        return self.is_new_days is None or (
            days is not None and days <= self.is_new_days
        )


@dataclass(frozen=True, slots=True)
class Wishes:
    """`factors`: bury < 1 < boost. `margin_floor`: share of the price that is left after
    the unit cost; where that is unknown, a product passes."""

    pinned: tuple[int, ...] = ()
    excluded: tuple[Match, ...] = ()
    factors: tuple[tuple[Match, float], ...] = ()
    only: tuple[Match, ...] = ()
    most_per_brand: int | None = None
    most_per_category: int | None = None
    price_from: Decimal | None = None
    price_to: Decimal | None = None
    margin_floor: float | None = None

    @property
    def has_caps(self) -> bool:
        return self.most_per_brand is not None or self.most_per_category is not None

    @property
    def moves_places(self) -> bool:
        """Not only by a product's value, which another policy could be told of."""
        return bool(self.pinned) or self.has_caps


NO_WISHES = Wishes()
