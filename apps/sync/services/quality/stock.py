"""Stock that cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q

from apps.accounts.models import Store
from apps.shop.models import StockStatus, Variant
from apps.shop.models.catalog import VariantQuerySet
from apps.sync.services.quality.check import Check, Oddity

NAMES = ("pk", "product__name", "color", "size", "stock_quantity", "stock_status")


def counted_variants(store: Store) -> VariantQuerySet:
    rows = Variant.objects.of(store).live().filter(manages_stock=True)
    return rows.filter(product__deleted_at=None).order_by("pk")


def named(name: str, *choices: str) -> str:
    said = " / ".join(choice for choice in choices if choice)
    return f"{name[:120]} ({said})" if said else name[:120]


def negative(store: Store, at: datetime) -> Iterator[Oddity]:
    rows = counted_variants(store).filter(stock_quantity__lt=0)
    for pk, name, color, size, quantity, _ in rows.values_list(*NAMES).iterator():
        text = f"{named(name, color, size)} has {quantity:,} pieces in stock."
        yield Oddity(f"variant:{pk}", text)


def other_status(store: Store, at: datetime) -> Iterator[Oddity]:
    """Less than nothing on backorder is a promise, not a fault of the status."""
    out = Q(stock_quantity__gt=0, stock_status=StockStatus.OUT_OF_STOCK)
    there = Q(stock_quantity__lte=0, stock_status=StockStatus.IN_STOCK)
    rows = counted_variants(store).filter(out | there)
    for pk, name, color, size, quantity, status in rows.values_list(*NAMES).iterator():
        said = StockStatus(status).label.lower()
        text = f"{named(name, color, size)} is shown as {said} with {quantity:,} left."
        yield Oddity(f"variant:{pk}", text)


CHECKS = (
    Check(
        "stock.negative",
        "Negative stock",
        "Count the pieces and set the quantity in your shop. If you sell ahead of "
        "delivery on purpose, it is as it should be.",
        negative,
    ),
    Check(
        "stock.other_status",
        "Stock that contradicts its count",
        "Open the product in your shop, check the quantity and save it: WooCommerce "
        "then sets the status anew.",
        other_status,
    ),
)
