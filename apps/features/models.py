"""Rows that serve, and what is kept so that the past stays what it was.

Of a customer's or product's numbers those are columns by which lists, segments and
shelves sort and filter; the rest lies in `numbers`, so that one more needs no migration.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from apps.accounts.models import StoreOwned
from apps.shop.models import Customer, Order, Product


class Numbers(StoreOwned):
    """What was known before `as_of`; amounts are in the store's currency."""

    as_of = models.DateTimeField()
    numbers = models.JSONField(default=dict)

    class Meta:
        abstract = True

    def value(self, name: str) -> Any:
        """By the name it was declared under, wherever it lies; None: unknown."""
        if name in self.columns():
            return getattr(self, name)
        return self.numbers.get(name)

    @classmethod
    def columns(cls) -> frozenset[str]:
        """Declared names that have a column of their own."""
        own = {field.name for field in cls._meta.concrete_fields}
        return frozenset(own - {"id", "store", "as_of", "numbers", *cls.SUBJECT})

    SUBJECT: tuple[str, ...] = ()


class CustomerFeatures(Numbers):
    SUBJECT = ("customer",)

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, related_name="+"
    )
    orders = models.IntegerField(default=0)
    spent = models.FloatField(default=0.0)
    spent_365 = models.FloatField(default=0.0)
    average_order = models.FloatField(null=True)
    recency_days = models.FloatField(null=True)
    tenure_days = models.FloatField(null=True)
    overdue = models.FloatField(null=True)
    discount_share = models.FloatField(null=True)
    reduced_share = models.FloatField(null=True)
    return_share = models.FloatField(null=True)
    views_30 = models.IntegerField(default=0)
    carts_30 = models.IntegerField(default=0)
    seen_days = models.FloatField(null=True)

    class Meta:
        verbose_name = "customer's numbers"
        verbose_name_plural = "customers' numbers"
        indexes = [
            models.Index(fields=["store", "-spent"], name="features_customer_spent"),
            models.Index(
                fields=["store", "recency_days"], name="features_customer_recent"
            ),
            models.Index(fields=["store", "as_of"], name="features_customer_as_of"),
        ]

    def __str__(self) -> str:
        return f"Customer {self.customer_id}"


class ProductFeatures(Numbers):
    SUBJECT = ("product",)

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="+")
    units_7 = models.IntegerField(default=0)
    units_28 = models.IntegerField(default=0)
    units_90 = models.IntegerField(default=0)
    revenue_28 = models.FloatField(default=0.0)
    velocity = models.FloatField(null=True)
    acceleration = models.FloatField(null=True)
    sell_through = models.FloatField(null=True)
    cover_days = models.FloatField(null=True)
    return_share = models.FloatField(null=True)
    discount_depth = models.FloatField(null=True)
    price_index = models.FloatField(null=True)
    size_share = models.FloatField(null=True)
    views_28 = models.IntegerField(default=0)
    view_to_buy = models.FloatField(null=True)

    class Meta:
        verbose_name = "product's numbers"
        verbose_name_plural = "products' numbers"
        indexes = [
            models.Index(fields=["store", "-units_28"], name="features_product_units"),
            models.Index(fields=["store", "as_of"], name="features_product_as_of"),
        ]

    def __str__(self) -> str:
        return f"Product {self.product_id}"


class OrderState(StoreOwned):
    """What an order said from a moment on.

    WooCommerce keeps no history: an order canceled today looks as if it had never
    earned. A young order's state is noted each time it is found changed, so that the
    numbers as of yesterday stay what they were. WooCommerce lets nobody edit an order
    that is paid, so older ones that never changed are left out.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+")
    # The first state holds from the beginning of the order.
    from_at = models.DateTimeField()
    is_earning = models.BooleanField()
    has_coupon = models.BooleanField()
    # The order's total, in ten-thousandths.
    whole = models.BigIntegerField()
    # [[line, product, variant, quantity, subtotal, total, tax, unit cost, [lines of
    # refunds]], …], amounts in ten-thousandths.
    lines = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "from_at"], name="features_order_state_once"
            )
        ]
        indexes = [
            models.Index(fields=["store", "from_at"], name="features_order_states")
        ]

    def __str__(self) -> str:
        return f"Order {self.order_id} from {self.from_at:%Y-%m-%d %H:%M}"

    @property
    def says(self) -> tuple[Any, ...]:
        return (self.is_earning, self.has_coupon, self.whole, self.lines)


class Refresh(StoreOwned):
    """How far one kind of numbers is kept up: the row that a refresh locks."""

    kind = models.CharField(max_length=20)
    # Rows changed before this have been looked at.
    seen_to_at = models.DateTimeField(null=True, blank=True)
    full_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "refreshes"
        constraints = [
            models.UniqueConstraint(
                fields=["store", "kind"], name="features_refresh_once"
            )
        ]

    def __str__(self) -> str:
        return self.kind
