"""The reads of every answer, in plain SQL that both databases know.

Composing the same eight queries anew took Django's mapper two thirds of the time of an
answer, several times what the database takes to find the rows. Each begins with a store.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from apps.accounts.models import Store
from apps.shop.models import Order, Product, StockStatus

Rows = list[tuple[Any, ...]]
PLACES = Decimal("0.0001")

# A part for each of whom and what: by "or" SQLite would walk all of the store's deeds.
DEEDS = """
    SELECT product_id, type, at FROM (
        SELECT product_id, type, at FROM events_interaction
        WHERE store_id = %s AND {who} = %s AND type IN ({types}) AND at > %s
        ORDER BY at DESC LIMIT {most}
    ) AS part
"""
BOUGHT = """
    SELECT line.product_id
    FROM shop_order AS placed JOIN shop_orderline AS line ON line.order_id = placed.id
    WHERE placed.store_id = %s AND placed.customer_id = %s AND placed.placed_at > %s
      AND placed.deleted_at IS NULL AND placed.status NOT IN ({unpaid})
      AND line.store_id = %s AND line.product_id IS NOT NULL
"""
NUMBERS = """
    SELECT numbers, spent, average_order FROM features_customerfeatures
    WHERE store_id = %s AND customer_id = %s
"""
SHOWN = """
    SELECT times FROM recommendations_shown
    WHERE store_id = %s AND visitor = %s AND last_at > %s
"""
SHELVES = """
    SELECT shelf.kind, shelf.subject, shelf.picks, version.kind, version.number
    FROM recommendations_shelf AS shelf
    LEFT JOIN registry_modelversion AS version ON version.id = shelf.version_id
    WHERE shelf.store_id = %s AND shelf.subject IN ({subjects})
      AND (shelf.version_id IS NULL OR version.status = 'champion')
"""
PRODUCTS = """
    SELECT id, woo_id, name, brand, price, permalink,
           CASE WHEN is_visible AND status = %s AND price IS NOT NULL
                 AND (published_at IS NULL OR published_at <= %s)
                THEN 1 ELSE 0 END,
           CASE WHEN stock_status <> %s THEN 1 ELSE 0 END,
           CASE WHEN EXISTS (
                SELECT 1 FROM shop_variant AS variant
                WHERE variant.product_id = shop_product.id AND variant.store_id = %s
                  AND variant.deleted_at IS NULL
           ) THEN 1 ELSE 0 END
    FROM shop_product
    WHERE store_id = %s AND deleted_at IS NULL AND id IN ({ids})
"""
# As VariantQuerySet.orderable has it.
PIECES = """
    SELECT product_id, size, color FROM shop_variant
    WHERE store_id = %s AND deleted_at IS NULL AND product_id IN ({ids})
      AND ((manages_stock AND stock_quantity > 0)
           OR (NOT manages_stock AND stock_status <> %s))
"""
CATEGORIES = """
    SELECT product_id, category_id FROM shop_product_categories
    WHERE product_id IN ({ids})
"""


def fetch(statement: str, values: Sequence[Any]) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(statement, [bound(value) for value in values])
        found: Rows = cursor.fetchall()
    return found


def bound(value: Any) -> Any:
    """SQLite keeps moments as text."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def holes(values: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def amount(value: Any) -> Decimal | None:
    """SQLite gives floats."""
    return None if value is None else Decimal(str(value)).quantize(PLACES)


def deeds(
    store: Store,
    who: tuple[int | None, str],
    wanted: Sequence[tuple[Collection[str], datetime]],
    most: int,
) -> Rows:
    """(product, type) of these types since their moments, newest first."""
    customer, visitor = who
    named = {"customer_id": customer, "visitor": visitor or None}
    parts, values = [], []
    for column, value in named.items():
        for types, since in wanted:
            if value is not None:
                shape = {"who": column, "types": holes(types), "most": most}
                parts.append(DEEDS.format(**shape))
                values += [store.pk, value, *types, since]
    if not parts:
        return []
    found = fetch(" UNION ALL ".join(parts), values)
    return [row[:2] for row in sorted(found, key=lambda row: row[2], reverse=True)]


def bought(store: Store, customer: int, since: datetime) -> set[int]:
    unpaid = Order.NOT_EARNING
    statement = BOUGHT.format(unpaid=holes(unpaid))
    values = [store.pk, customer, since, *map(str, unpaid), store.pk]
    return {row[0] for row in fetch(statement, values)}


def numbers(store: Store, customer: int) -> tuple[dict[str, Any], float, float | None]:
    for known, spent, average_order in fetch(NUMBERS, [store.pk, customer]):
        return parsed(known), spent, average_order
    return {}, 0.0, None


def shown(store: Store, visitor: str, since: datetime) -> dict[int, float]:
    for (times,) in fetch(SHOWN, [store.pk, visitor, since]):
        return {int(product): count for product, count in parsed(times).items()}
    return {}


def shelves(
    store: Store, subjects: Collection[str]
) -> dict[tuple[str, str], tuple[list[Any], str]]:
    """By kind and subject: picks, and the version that made them, if one did."""
    statement = SHELVES.format(subjects=holes(subjects))
    return {
        (kind, subject): (parsed(picks), f"{model}#{number}" if model else "")
        for kind, subject, picks, model, number in fetch(
            statement, [store.pk, *subjects]
        )
    }


def products(store: Store, ids: Collection[int], at: datetime) -> Rows:
    """(id, woo_id, name, brand, price, permalink, is visible, is not sold out by itself,
    has variants)."""
    if not ids:
        return []
    values: Iterable[Any] = (
        str(Product.Status.PUBLISHED), at, str(StockStatus.OUT_OF_STOCK),
        store.pk, store.pk, *ids,
    )  # fmt: skip
    return fetch(PRODUCTS.format(ids=holes(ids)), list(values))


def pieces(store: Store, ids: Collection[int]) -> Rows:
    """(product, size, color) of what can be ordered."""
    if not ids:
        return []
    values = [store.pk, *ids, str(StockStatus.OUT_OF_STOCK)]
    return fetch(PIECES.format(ids=holes(ids)), values)


def categories(ids: Collection[int]) -> Rows:
    """(product, category) of products that are known to be this store's."""
    return fetch(CATEGORIES.format(ids=holes(ids)), list(ids)) if ids else []
