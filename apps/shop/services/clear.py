"""Remove all shop rows of one store, a little at a time: the demo shop is rebuilt."""

from __future__ import annotations

from django.db import models, transaction

from apps.accounts.models import Store
from apps.shop.models import (
    Address,
    Attribute,
    AttributeTerm,
    Category,
    Consent,
    Coupon,
    Customer,
    CustomerMerge,
    Image,
    Order,
    OrderLine,
    PriceChange,
    Product,
    Refund,
    RefundLine,
    StockChange,
    Tag,
    Variant,
)

CHUNK = 2_000
# Children first, so that no cascade grows past one chunk.
MODELS: tuple[type[models.Model], ...] = (
    CustomerMerge, StockChange, PriceChange, RefundLine, Refund, OrderLine, Order, Coupon, Consent,
    Address, Customer, Image, Variant, Product, AttributeTerm, Attribute, Tag, Category,
)  # fmt: skip


def clear(store: Store) -> int:
    """Delete in short transactions: SQLite's other writers wait for each one."""
    removed = 0
    for model in MODELS:
        # The base manager, as a cascade does: histories go with the whole shop.
        rows = model._base_manager.filter(store=store)
        while pks := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
            with transaction.atomic():
                removed += rows.filter(pk__in=pks).delete()[0]
    return removed
