from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Prefetch, Q

from apps.accounts.models import StoreOwned
from apps.core.money import MoneyField
from apps.shop.models.catalog import Product, Variant
from apps.shop.models.people import Address, Customer
from apps.shop.models.source import SourceQuerySet, SourceRow


class CouponQuerySet(SourceQuerySet["Coupon"]):
    def coded(self, code: str) -> Self:
        """WooCommerce compares codes without case."""
        return self.live().filter(code__iexact=code.strip())


class Coupon(SourceRow):
    class Kind(models.TextChoices):
        PERCENT = "percent", "Percent"
        FIXED_CART = "fixed_cart", "Amount off the cart"
        FIXED_PRODUCT = "fixed_product", "Amount off a product"

    code = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    amount = MoneyField()
    usage_limit = models.PositiveIntegerField(null=True, blank=True)
    usage_limit_per_customer = models.PositiveIntegerField(null=True, blank=True)
    usage_count = models.PositiveIntegerField(default=0)
    minimum_amount = MoneyField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = CouponQuerySet.as_manager()  # type: ignore[misc]

    class Meta(SourceRow.Meta):
        indexes = [models.Index(fields=["store", "code"], name="shop_coupon_code")]

    def __str__(self) -> str:
        return self.code


class OrderQuerySet(SourceQuerySet["Order"]):
    def placed(self) -> Self:
        """Real orders: a checkout draft is only an open checkout page."""
        return self.live().exclude(status__in=Order.NOT_PLACED)

    def earning(self) -> Self:
        """Orders whose money counts: paid, or on the way to it.

        Plugins add statuses such as "shipped"; like WooCommerce's own analytics, all
        count that are not known as unpaid.
        """
        return self.live().exclude(status__in=Order.NOT_EARNING)

    def over_refunded(self) -> Self:
        """More went back than was paid: the shop edited the order, or erred."""
        return self.live().filter(refunded_total__gt=F("total"))

    def with_money(self) -> Self:
        """With all that services/margin.py reads, in three more queries."""
        live = Refund._default_manager.filter(deleted_at=None).order_by("pk")
        return self.prefetch_related(
            Prefetch("lines", OrderLine._default_manager.order_by("pk")),
            Prefetch("refunds", live, to_attr="live_refunds"),
            "live_refunds__lines",
        )


class Order(SourceRow):
    class Status(models.TextChoices):
        PENDING = "pending", "Waiting for payment"
        PROCESSING = "processing", "Processing"
        ON_HOLD = "on-hold", "On hold"
        COMPLETED = "completed", "Completed"
        CANCELLED = "cancelled", "Cancelled"
        REFUNDED = "refunded", "Refunded"
        FAILED = "failed", "Payment failed"
        CHECKOUT_DRAFT = "checkout-draft", "Checkout draft"
        TRASH = "trash", "In the bin"

    # An open checkout page or an empty form in the shop's admin.
    DRAFTS = (Status.CHECKOUT_DRAFT, "auto-draft")
    NOT_PLACED = (*DRAFTS, Status.TRASH)
    NOT_EARNING = (*NOT_PLACED, Status.PENDING, Status.CANCELLED, Status.FAILED)

    number = models.CharField(max_length=60)
    # Plugins add statuses of their own, so this is no closed list.
    status = models.CharField(max_length=40)
    customer = models.ForeignKey(
        Customer,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="orders",
    )
    shipping_address = models.ForeignKey(
        Address, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    currency = models.CharField(max_length=3)
    # What the shopper paid; a refund leaves it as it is and adds to refunded_total.
    total = MoneyField(default=Decimal(0))
    discount_total = MoneyField(default=Decimal(0))
    shipping_total = MoneyField(default=Decimal(0))
    tax_total = MoneyField(default=Decimal(0))
    fee_total = MoneyField(default=Decimal(0))
    refunded_total = MoneyField(default=Decimal(0))
    coupon_codes = models.JSONField(default=list, blank=True)
    payment_method = models.CharField(max_length=60, blank=True)
    created_via = models.CharField(max_length=60, blank=True)
    # Order attribution: {"source": "instagram", "medium": "social"}.
    attribution = models.JSONField(default=dict, blank=True)
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    objects = OrderQuerySet.as_manager()  # type: ignore[misc]

    class Meta(SourceRow.Meta):
        constraints = [
            *SourceRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(refunded_total__gte=0), name="shop_order_refunded"
            ),
        ]
        indexes = [
            models.Index(fields=["store", "-placed_at"], name="shop_order_recent"),
            models.Index(
                fields=["store", "customer", "-placed_at"], name="shop_order_customer"
            ),
            models.Index(
                fields=["store", "status", "-placed_at"], name="shop_order_status"
            ),
            models.Index(fields=["store", "updated_at"], name="shop_order_updated"),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"

    @property
    def net_total(self) -> Decimal:
        """What stayed with the shop."""
        net: Decimal = self.total - self.refunded_total
        return net


class OrderLine(StoreOwned):
    """Amounts are for the whole line, without tax: `subtotal` before discounts."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    woo_id = models.PositiveBigIntegerField(null=True, blank=True)
    product = models.ForeignKey(
        Product, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    variant = models.ForeignKey(
        Variant, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=400)
    sku = models.CharField("SKU", max_length=100, blank=True)
    quantity = models.IntegerField()
    subtotal = MoneyField()
    total = MoneyField()
    tax = MoneyField(default=Decimal(0))
    # The product's cost when it was sold; margin needs the cost of then.
    unit_cost = MoneyField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "woo_id"], name="shop_orderline_woo_id"
            )
        ]
        indexes = [
            models.Index(fields=["store", "product"], name="shop_line_product"),
            models.Index(fields=["store", "variant"], name="shop_line_variant"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.name}"


class Refund(SourceRow):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="refunds")
    # Positive, though WooCommerce writes refunds inside an order as negative.
    amount = MoneyField()
    # The part that is shipping and fees, with their tax; lines say the rest.
    extras_total = MoneyField(default=Decimal(0))
    reason = models.CharField(max_length=400, blank=True)
    refunded_at = models.DateTimeField()

    class Meta(SourceRow.Meta):
        constraints = [
            *SourceRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(amount__gte=0), name="shop_refund_amount"
            ),
        ]
        indexes = [
            models.Index(fields=["store", "-refunded_at"], name="shop_refund_recent")
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.order_id}"


class RefundLine(StoreOwned):
    """What came back; empty for a refund of money alone."""

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="lines")
    woo_id = models.PositiveBigIntegerField(null=True, blank=True)
    order_line = models.ForeignKey(
        OrderLine, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    quantity = models.IntegerField(default=0)
    total = MoneyField()
    tax = MoneyField(default=Decimal(0))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["refund", "woo_id"], name="shop_refundline_woo_id"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=0, total__gte=0, tax__gte=0),
                name="shop_refundline_positive",
            ),
        ]
        indexes = [models.Index(fields=["store", "refund"], name="shop_refund_line")]

    def __str__(self) -> str:
        return f"{self.quantity} back"
