from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Q

from apps.accounts.models import StoreOwned, StoreQuerySet
from apps.core.money import MoneyField
from apps.shop.models import Product, Variant


class SupplierQuerySet(StoreQuerySet["Supplier"]):
    def active(self) -> Self:
        return self.filter(is_active=True)


class Supplier(StoreOwned):
    """Who delivers. WooCommerce knows no suppliers: these rows are the merchant's own."""

    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254, blank=True)
    country = models.CharField(max_length=2, blank=True)
    # Of its prices; orders to it are written in this currency.
    currency = models.CharField(max_length=3)
    # Calendar days from the order to the shelf, and how far they scatter.
    lead_time_days_mean = models.FloatField("lead time in days", default=14)
    lead_time_days_sd = models.FloatField("its standard deviation", default=3)
    # How often an order is written: stock must last until the one after next.
    review_period_days = models.PositiveSmallIntegerField(default=7)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SupplierQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "name"], name="inventory_supplier_once"
            ),
            models.CheckConstraint(
                condition=Q(lead_time_days_mean__gte=0, lead_time_days_sd__gte=0),
                name="inventory_lead_time",
            ),
            models.CheckConstraint(
                condition=Q(review_period_days__gte=1), name="inventory_review_period"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def lead_time(self) -> timedelta:
        return timedelta(days=self.lead_time_days_mean)


class SupplyTermQuerySet(StoreQuerySet["SupplyTerm"]):
    def for_variant(self, variant: Variant) -> Self:
        """Terms under which a variant can be had: its own before its product's."""
        own = Q(variant=variant)
        shared = Q(product=variant.product_id, variant=None)
        return self.filter(own | shared, supplier__is_active=True).order_by(
            models.F("variant").desc(nulls_last=True), "unit_cost", "pk"
        )


class SupplyTerm(StoreOwned):
    """A supplier's price for a product, or for one variant of it alone."""

    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="terms"
    )
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    # Empty: the term holds for every variant without a term of its own.
    variant = models.ForeignKey(
        Variant, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    # In the supplier's currency.
    unit_cost = MoneyField()
    minimum_order = models.PositiveIntegerField("pieces at least", default=1)
    pack_size = models.PositiveIntegerField("pieces in a pack", default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SupplyTermQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "product"],
                condition=Q(variant=None),
                name="inventory_term_product",
            ),
            models.UniqueConstraint(
                fields=["supplier", "variant"], name="inventory_term_variant"
            ),
            models.CheckConstraint(
                condition=Q(unit_cost__gte=0), name="inventory_unit_cost"
            ),
            models.CheckConstraint(
                condition=Q(minimum_order__gte=1, pack_size__gte=1),
                name="inventory_whole_packs",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "product"], name="inventory_term_of_product"),
            models.Index(fields=["store", "variant"], name="inventory_term_of_variant"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} at {self.unit_cost}"

    def orderable(self, pieces: int) -> int:
        """The least quantity that covers `pieces` in whole packs."""
        if pieces <= 0:
            return 0
        needed = max(pieces, self.minimum_order)
        return -(-needed // self.pack_size) * self.pack_size

    def cost_of(self, pieces: int) -> Decimal:
        total: Decimal = self.unit_cost * self.orderable(pieces)
        return total
