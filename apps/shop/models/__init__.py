from __future__ import annotations

from apps.shop.models.catalog import (
    Attribute,
    AttributeTerm,
    Category,
    Image,
    Product,
    StockStatus,
    Tag,
    Variant,
)
from apps.shop.models.forgotten import Forgotten
from apps.shop.models.history import PriceChange, StockChange
from apps.shop.models.orders import Coupon, Order, OrderLine, Refund, RefundLine
from apps.shop.models.people import Address, Consent, Customer, CustomerMerge

__all__ = [
    "Address",
    "Attribute",
    "AttributeTerm",
    "Category",
    "Consent",
    "Coupon",
    "Customer",
    "CustomerMerge",
    "Forgotten",
    "Image",
    "Order",
    "OrderLine",
    "PriceChange",
    "Product",
    "Refund",
    "RefundLine",
    "StockChange",
    "StockStatus",
    "Tag",
    "Variant",
]
