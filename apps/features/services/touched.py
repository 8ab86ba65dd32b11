"""Whose numbers may have changed since a moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from apps.accounts.models import Store
from apps.events.models import Interaction, Session
from apps.shop.models import (
    Customer,
    CustomerMerge,
    Order,
    OrderLine,
    PriceChange,
    Product,
    Refund,
    StockChange,
    Variant,
)

CHUNK = 500


def orders(store: Store, since: datetime) -> set[int]:
    changed = Order.objects.of(store).filter(updated_at__gte=since)
    refunded = Refund.objects.of(store).filter(updated_at__gte=since)
    return ids(
        changed.values_list("pk", flat=True), refunded.values_list("order", flat=True)
    )


def customers(store: Store, since: datetime) -> set[int]:
    ordered = Order.objects.of(store).filter(updated_at__gte=since)
    refunded = Refund.objects.of(store).filter(updated_at__gte=since)
    changed = Customer.objects.of(store).filter(updated_at__gte=since)
    merged = CustomerMerge.objects.of(store).filter(
        Q(merged_at__gte=since) | Q(reverted_at__gte=since)
    )
    touched = Interaction.objects.of(store).filter(at__gte=since)
    came = Session.objects.of(store).filter(last_at__gte=since)
    found = ids(
        ordered.values_list("customer", flat=True),
        refunded.values_list("order__customer", flat=True),
        changed.values_list("pk", flat=True),
        merged.values_list("kept", flat=True),
        merged.values_list("absorbed", flat=True),
        touched.values_list("customer", flat=True),
        came.values_list("customer", flat=True),
    )
    return found | kept(store, found)


def kept(store: Store, found: set[int]) -> set[int]:
    """Whom those of them who were merged away are now."""
    merged = Customer.objects.of(store).merged()
    pks = sorted(found)
    parts = [pks[start : start + CHUNK] for start in range(0, len(pks), CHUNK)]
    rows = [
        merged.filter(pk__in=part).values_list("merged_into", flat=True)
        for part in parts
    ]
    return ids(*rows)


def products(store: Store, since: datetime) -> set[int]:
    lines = OrderLine.objects.of(store).filter(
        Q(order__updated_at__gte=since) | Q(order__refunds__updated_at__gte=since)
    )
    return ids(
        lines.values_list("product", flat=True),
        Product.objects.of(store)
        .filter(updated_at__gte=since)
        .values_list("pk", flat=True),
        Variant.objects.of(store)
        .filter(updated_at__gte=since)
        .values_list("product", flat=True),
        PriceChange.objects.of(store)
        .filter(changed_at__gte=since)
        .values_list("product", flat=True),
        StockChange.objects.of(store)
        .filter(changed_at__gte=since)
        .values_list("variant__product", flat=True),
        Interaction.objects.of(store)
        .filter(at__gte=since)
        .values_list("product", flat=True),
    )


def ids(*columns: QuerySet[Any, Any]) -> set[int]:
    found: set[int] = set()
    for column in columns:
        # Not DISTINCT: for that SQLite walks an index of all rows there ever were.
        rows: Iterable[int | None] = column.order_by().iterator()
        found.update(pk for pk in rows if pk is not None)
    return found
