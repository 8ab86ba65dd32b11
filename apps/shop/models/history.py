from __future__ import annotations

from django.db import models
from django.db.models import Q

from apps.core.money import MoneyField
from apps.shop.models.append_only import AppendOnly, AppendOnlyQuerySet
from apps.shop.models.catalog import Product, Variant


class PriceChangeQuerySet(AppendOnlyQuerySet["PriceChange"]):
    def about(self, subject: Product | Variant) -> PriceChangeQuerySet:
        """The history of a product's own price, or of one variant's, in time's order."""
        if isinstance(subject, Variant):
            found = self.filter(product=subject.product_id, variant=subject)
        else:
            found = self.filter(product=subject, variant=None)
        return found.order_by("changed_at", "pk")


class PriceChange(AppendOnly):
    """What a product or variant cost from a moment on."""

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

    objects = PriceChangeQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        indexes = [
            models.Index(
                fields=["store", "product", "changed_at"], name="shop_price_history"
            )
        ]

    def __str__(self) -> str:
        return f"{self.price} {self.currency}"

    @property
    def is_reduced(self) -> bool:
        return self.regular_price is not None and self.price < self.regular_price


class StockChangeQuerySet(AppendOnlyQuerySet["StockChange"]):
    def there(self) -> StockChangeQuerySet:
        return self.filter(Q(quantity=None) | Q(quantity__gt=0))


class StockChange(AppendOnly):
    """How much of a variant there was from a moment on: days in stock come from here."""

    variant = models.ForeignKey(
        Variant, on_delete=models.CASCADE, related_name="stock_changes"
    )
    # None: there, but the shop does not count its pieces.
    quantity = models.IntegerField(null=True)
    reason = models.CharField(max_length=60, blank=True)
    changed_at = models.DateTimeField()

    objects = StockChangeQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        indexes = [
            models.Index(
                fields=["store", "variant", "changed_at"], name="shop_stock_history"
            )
        ]

    def __str__(self) -> str:
        return "there" if self.quantity is None else str(self.quantity)

    @property
    def is_there(self) -> bool:
        return self.quantity is None or self.quantity > 0
