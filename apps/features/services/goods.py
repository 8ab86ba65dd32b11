"""Products, sizes, prices and stock as they were known before a moment."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import polars as pl
from django.db.models import Q, QuerySet

from apps.accounts.models import Store
from apps.features.services.rows import AMOUNT, INT, MOMENT, TEXT, frame_of
from apps.shop.models import Category, PriceChange, Product, StockChange, Variant


@dataclass
class Goods:
    store: Store
    as_of: datetime

    def there(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Not deleted before the moment."""
        return rows.filter(Q(deleted_at=None) | Q(deleted_at__gte=self.as_of))

    @cached_property
    def products(self) -> pl.DataFrame:
        """product, woo, brand, category, main_category, known_at; deleted ones, too:
        they were bought and viewed. `is_there` tells them apart."""
        found = frame_of(
            Product.objects.of(self.store),
            product=(INT, "pk"),
            woo=(INT, "woo_id"),
            brand=(TEXT, "brand"),
            published=(MOMENT, "published_at"),
            registered=(MOMENT, "source_created_at"),
            created=(MOMENT, "created_at"),
        )
        there = self.there(Product.objects.of(self.store)).values_list("pk", flat=True)
        known_at = pl.min_horizontal("published", "registered", "created")
        return (
            found.with_columns(
                known_at=known_at,
                is_there=pl.col("product").is_in(list(there)),
            )
            .drop("published", "registered", "created")
            .join(self.categories, on="product", how="left")
        )

    @cached_property
    def categories(self) -> pl.DataFrame:
        """product, category, main_category: its deepest one, the oldest of several,
        and the topmost above that."""
        tops = tops_of(
            dict(
                self.there(Category.objects.of(self.store)).values_list(
                    "pk", "parent_id"
                )
            )
        )
        best: dict[int, tuple[int, int]] = {}
        held = Product.objects.of(self.store).exclude(categories=None)
        for product, category in held.values_list("pk", "categories"):
            if category in tops:
                rank = (-tops[category][0], category)
                best[product] = min(best.get(product, rank), rank)
        rows = [
            (product, category, tops[category][1])
            for product, (_, category) in best.items()
        ]
        names = ("product", "category", "main_category")
        return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Int64), orient="row")

    @cached_property
    def variants(self) -> pl.DataFrame:
        """variant, product, size, color, is_there, known_at."""
        found = frame_of(
            Variant.objects.of(self.store),
            variant=(INT, "pk"),
            product=(INT, "product_id"),
            size=(TEXT, "size"),
            color=(TEXT, "color"),
            created=(MOMENT, "created_at"),
            registered=(MOMENT, "source_created_at"),
        )
        there = self.there(Variant.objects.of(self.store)).values_list("pk", flat=True)
        return found.with_columns(
            known_at=pl.min_horizontal("created", "registered"),
            is_there=pl.col("variant").is_in(list(there)),
        ).drop("created", "registered")

    @cached_property
    def prices(self) -> pl.DataFrame:
        """product, variant (null: the product's own), at, price, regular; by time."""
        rows = PriceChange.objects.of(self.store).filter(
            changed_at__lt=self.as_of, currency=self.store.currency
        )
        return frame_of(
            rows,
            row=(INT, "pk"),
            product=(INT, "product_id"),
            variant=(INT, "variant_id"),
            at=(MOMENT, "changed_at"),
            price=(AMOUNT, "price"),
            regular=(AMOUNT, "regular_price"),
        ).sort("at", "row")

    @cached_property
    def stocks(self) -> pl.DataFrame:
        """variant, at, quantity (null: there, not counted); by time."""
        rows = StockChange.objects.of(self.store).filter(changed_at__lt=self.as_of)
        return frame_of(
            rows,
            row=(INT, "pk"),
            variant=(INT, "variant_id"),
            at=(MOMENT, "changed_at"),
            quantity=(INT, "quantity"),
        ).sort("at", "row")

    @cached_property
    def stock_now(self) -> pl.DataFrame:
        """variant, quantity, can_order: what the newest entry of each says."""
        newest = self.stocks.group_by("variant", maintain_order=True).last()
        can_order = pl.col("quantity").is_null() | (pl.col("quantity") > 0)
        return newest.select("variant", "quantity", can_order=can_order)

    @cached_property
    def price_now(self) -> pl.DataFrame:
        """product, price, regular: its own, else its cheapest variant's."""
        newest = self.prices.group_by("product", "variant", maintain_order=True).last()
        ranked = newest.with_columns(own=pl.col("variant").is_null())
        ranked = ranked.sort("own", "price", "variant", descending=[True, False, False])
        return ranked.group_by("product", maintain_order=True).agg(
            pl.col("price", "regular").first()
        )

    def price_at(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Adds price and regular as they were at column at of (product, variant, at):
        the variant's own, else the product's."""
        own = self.prices.filter(pl.col("variant").is_not_null()).select(
            "variant", "at", own_price="price", own_regular="regular"
        )
        products = self.prices.filter(pl.col("variant").is_null()).select(
            "product", "at", all_price="price", all_regular="regular"
        )
        found = rows.sort("at")
        for key, other in (("variant", own), ("product", products)):
            found = found.join_asof(
                other.lazy(), on="at", by=key, check_sortedness=False
            )
        has_own = pl.col("own_price").is_not_null()
        return found.with_columns(
            price=pl.coalesce("own_price", "all_price"),
            regular=pl.when(has_own)
            .then(pl.col("own_regular"))
            .otherwise(pl.col("all_regular")),
        ).drop("own_price", "own_regular", "all_price", "all_regular")


def tops_of(parents: dict[int, int | None]) -> dict[int, tuple[int, int]]:
    """(depth, topmost category) of each; a circle that a shop made ends somewhere."""
    found: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for category in parents:
        depth, top, seen = 0, category, {category}
        while (above := parents.get(top)) is not None and above in parents:
            if above in seen:
                break
            seen.add(above)
            depth, top = depth + 1, above
        found[category] = (depth, top)
    return dict(found)
