from __future__ import annotations

from django.db import models

from apps.accounts.models import StoreOwned
from apps.core.money import MoneyField
from apps.shop.models.catalog import Product, Variant


class PriceChange(StoreOwned):
    """What a product or variant cost from a moment on. Never changed afterwards."""

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="price_changes"
    )
    variant = models.ForeignKey(
        Variant, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    price = MoneyField()
    regular_price = MoneyField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["store", "product", "changed_at"], name="shop_price_history"
            )
        ]

    def __str__(self) -> str:
        return f"{self.price} {self.currency}"


class StockChange(StoreOwned):
    """How much of a variant there was from a moment on: days in stock come from here."""

    variant = models.ForeignKey(
        Variant, on_delete=models.CASCADE, related_name="stock_changes"
    )
    quantity = models.IntegerField()
    reason = models.CharField(max_length=60, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["store", "variant", "changed_at"], name="shop_stock_history"
            )
        ]

    def __str__(self) -> str:
        return str(self.quantity)
