"""The reads of every answer. Each begins with a store, or with products that are known
to be one's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import connection

from apps.accounts.models import Store
from apps.core.services.plain_sql import (
    DIALECTS,
    Rows,
    dialect,
    fetch,
    holes,
    listed,
    parsed,
)
from apps.shop.models import Order, Product, StockStatus

Part = tuple[str, list[Any]]
# (product, reason code, what it is about) best first, and the version that said so.
Picks = tuple[list[tuple[int, str, int | None]], str]
PLACES = Decimal("0.0001")

# What is known of a shopper comes in one answer of the database, a part for each of whom
# and what: by "or" SQLite would walk all of the store's deeds.
NO_NUMBERS = "CAST(NULL AS double precision), CAST(NULL AS double precision)"
DEEDS = """
    SELECT * FROM (
        SELECT '{what}' AS what, product_id, at, CAST(NULL AS text), {no_numbers}
        FROM events_interaction
        WHERE store_id = %s AND {who} = %s AND type IN ({types}) AND at > %s
        ORDER BY at DESC LIMIT {most}
    ) AS part
"""
BOUGHT = """
    SELECT 'bought', line.product_id, placed.placed_at, CAST(NULL AS text), {no_numbers}
    FROM shop_order AS placed JOIN shop_orderline AS line ON line.order_id = placed.id
    WHERE placed.store_id = %s AND placed.customer_id = %s AND placed.placed_at > %s
      AND placed.deleted_at IS NULL AND placed.status NOT IN ({unpaid})
      AND line.store_id = %s AND line.product_id IS NOT NULL
"""
NUMBERS = """
    SELECT 'numbers', NULL, NULL, CAST(numbers AS text),
           CAST(spent AS double precision), CAST(average_order AS double precision)
    FROM features_customerfeatures
    WHERE store_id = %s AND customer_id = %s
"""
SHOWN = """
    SELECT 'shown', NULL, NULL, CAST(times AS text), {no_numbers}
    FROM recommendations_shown
    WHERE store_id = %s AND visitor = %s AND last_at > %s
"""
BESIDES = """
    SELECT 'besides', NULL, NULL, CAST(({question}) AS text), {no_numbers}
"""
BOUGHT_TOLD = BOUGHT.format(unpaid=holes(Order.NOT_EARNING), no_numbers=NO_NUMBERS)
SHOWN_TOLD = SHOWN.format(no_numbers=NO_NUMBERS)
# Gives the other parts' columns their types.
NOTHING = """
    SELECT 'nothing', CAST(NULL AS bigint), CAST(NULL AS {moment}), CAST(NULL AS text),
           {no_numbers}
    WHERE 1 = 0
"""
SHELVES = """
    SELECT shelf.kind, shelf.subject, shelf.picks, version.kind, version.number,
           version.id
    FROM recommendations_shelf AS shelf
    LEFT JOIN registry_modelversion AS version ON version.id = shelf.version_id
    WHERE shelf.store_id = %s AND shelf.subject {among}
      AND (shelf.version_id IS NULL OR version.status = 'champion' OR version.id = %s)
"""
# What can be ordered, as VariantQuerySet.orderable has it.
PRODUCTS = """
    SELECT id, woo_id, name, brand, price, permalink,
           CASE WHEN is_visible AND status = %s AND price IS NOT NULL
                 AND (published_at IS NULL OR published_at <= %s)
                THEN 1 ELSE 0 END,
           CASE WHEN stock_status <> %s THEN 1 ELSE 0 END,
           (SELECT CAST({listed}({pair}(variant.size, variant.color,
                    CASE WHEN (manages_stock AND stock_quantity > 0)
                           OR (NOT manages_stock AND variant.stock_status <> %s)
                         THEN 1 ELSE 0 END)) AS text)
            FROM shop_variant AS variant
            WHERE variant.product_id = shop_product.id AND variant.store_id = %s
              AND variant.deleted_at IS NULL),
           (SELECT CAST({listed}(held.category_id) AS text)
            FROM shop_product_categories AS held
            WHERE held.product_id = shop_product.id),
           published_at,
           COALESCE(cost, (SELECT MAX(variant.cost) FROM shop_variant AS variant
            WHERE variant.product_id = shop_product.id AND variant.store_id = %s
              AND variant.deleted_at IS NULL))
    FROM shop_product
    WHERE store_id = %s AND deleted_at IS NULL AND id {among}
"""
# `field` is the shop's id or ours.
OURS = "SELECT {field}, id FROM shop_product WHERE store_id = %s AND {field} {among}"
CUSTOMER = """
    SELECT COALESCE(merged_into_id, id) FROM shop_customer
    WHERE store_id = %s AND deleted_at IS NULL AND {field} = %s
"""
MEMBERS = """
    SELECT held.product_id FROM shop_product_categories AS held
    JOIN shop_category AS category ON category.id = held.category_id
    WHERE category.store_id = %s AND held.category_id {among}
"""


def amount(value: Any) -> Decimal | None:
    """SQLite gives floats."""
    return None if value is None else Decimal(str(value)).quantize(PLACES)


def moment(value: Any) -> datetime | None:
    """SQLite keeps text, in UTC; of a column that it knows as a moment it says no zone."""
    found: datetime | None = value
    if isinstance(value, str):
        found = datetime.fromisoformat(value)
    if found is not None and found.tzinfo is None:
        return found.replace(tzinfo=UTC)
    return found


def deeds(
    store: Store, who: tuple[str, Any], what: str, types: Collection[str],
    since: datetime, most: int,
) -> Part:  # fmt: skip
    """The newest of these types; `who`: a column and whom it names."""
    column, named = who
    statement = deeds_told(what, column, len(types), most)
    return statement, [store.pk, named, *types, since]


@cache
def deeds_told(what: str, column: str, types: int, most: int) -> str:
    return DEEDS.format(
        what=what, who=column, types=holes(range(types)), most=most,
        no_numbers=NO_NUMBERS,
    )  # fmt: skip


def bought(store: Store, customer: int, since: datetime) -> Part:
    unpaid = list(map(str, Order.NOT_EARNING))
    return BOUGHT_TOLD, [store.pk, customer, since, *unpaid, store.pk]


def numbers(store: Store, customer: int) -> Part:
    return NUMBERS, [store.pk, customer]


def shown(store: Store, visitor: str, since: datetime) -> Part:
    return SHOWN_TOLD, [store.pk, visitor, since]


def besides(question: Part) -> Part:
    statement, values = question
    return BESIDES.format(question=statement, no_numbers=NO_NUMBERS), values


def together(parts: Sequence[Part]) -> Rows:
    """(what, product, at, text, spent, average order) of all parts."""
    if not parts:
        return []
    nothing = nothing_told(connection.vendor)
    statement = " UNION ALL ".join([nothing, *(one for one, _ in parts)])
    return fetch(statement, [value for _, values in parts for value in values])


@cache
def nothing_told(vendor: str) -> str:
    return NOTHING.format(**DIALECTS[vendor], no_numbers=NO_NUMBERS)


def shelves(
    store: Store, subjects: Collection[str], instead: int | None = None
) -> dict[tuple[str, str], Picks]:
    """By kind and subject: picks, and the version that made them, if one did. Of two
    the one of the version that is tested `instead` of the champion."""
    statement = SHELVES.format(among=dialect()["among"])
    found = fetch(statement, [store.pk, listed(subjects), instead or 0])
    found.sort(key=lambda row: instead is not None and row[-1] == instead)
    return {
        (kind, subject): (
            [(product, code, about) for product, _, code, about in parsed(picks)],
            f"{model}#{number}" if model else "",
        )
        for kind, subject, picks, model, number, _ in found
    }


def ours(store: Store, field: str, ids: Collection[int]) -> dict[int, int]:
    """Our ids of this store's products."""
    statement = OURS.format(field=field, among=dialect()["among"])
    return dict(fetch(statement, [store.pk, listed(ids)])) if ids else {}


def customer(store: Store, field: str, value: int) -> int | None:
    """The person that a row was found to be, where it was merged into another."""
    for (found,) in fetch(CUSTOMER.format(field=field), [store.pk, value]):
        return int(found)
    return None


def products(store: Store, ids: Collection[int], at: datetime) -> Rows:
    """(id, woo_id, name, brand, price, permalink, is visible, is not sold out by itself,
    variants as [size, color, can be ordered], categories, since when, unit cost: of its
    dearest variant where it has none of its own)."""
    if not ids:
        return []
    sold_out = str(StockStatus.OUT_OF_STOCK)
    values: Iterable[Any] = (
        str(Product.Status.PUBLISHED), at, sold_out, sold_out, store.pk, store.pk,
        store.pk, listed(ids),
    )  # fmt: skip
    return [
        (*row[:8], parsed(row[8]) or [], parsed(row[9]) or [], *row[10:])
        for row in fetch(PRODUCTS.format(**dialect()), list(values))
    ]


def members(store: Store, categories: Collection[int]) -> list[int]:
    statement = MEMBERS.format(among=dialect()["among"])
    found = fetch(statement, [store.pk, listed(categories)])
    return [product for (product,) in found]
