"""The merchant's pages about what is sold, to whom, and for how much."""

from __future__ import annotations

from apps.shop.admin.categories import CategoryAdmin
from apps.shop.admin.consents import ConsentAdmin
from apps.shop.admin.coupons import CouponAdmin
from apps.shop.admin.customers import CustomerAdmin
from apps.shop.admin.history import PriceChangeAdmin, StockChangeAdmin
from apps.shop.admin.orders import OrderAdmin
from apps.shop.admin.products import ProductAdmin
from apps.shop.admin.refunds import RefundAdmin
from apps.shop.admin.variants import VariantAdmin

__all__ = [
    "CategoryAdmin",
    "ConsentAdmin",
    "CouponAdmin",
    "CustomerAdmin",
    "OrderAdmin",
    "PriceChangeAdmin",
    "ProductAdmin",
    "RefundAdmin",
    "StockChangeAdmin",
    "VariantAdmin",
]
