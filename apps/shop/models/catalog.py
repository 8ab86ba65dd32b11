from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q

from apps.core.money import MoneyField
from apps.shop.models.source import SourceQuerySet, SourceRow

Sold = TypeVar("Sold", bound=models.Model, covariant=True)


class Category(SourceRow):
    name = models.CharField(max_length=200)
    slug = models.CharField(max_length=200)
    parent = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="children",
    )
    position = models.IntegerField(default=0)

    class Meta(SourceRow.Meta):
        verbose_name_plural = "categories"
        indexes = [models.Index(fields=["store", "slug"], name="shop_category_slug")]

    def __str__(self) -> str:
        return self.name


class Tag(SourceRow):
    name = models.CharField(max_length=200)
    slug = models.CharField(max_length=200)

    class Meta(SourceRow.Meta):
        indexes = [models.Index(fields=["store", "slug"], name="shop_tag_slug")]

    def __str__(self) -> str:
        return self.name


class Attribute(SourceRow):
    """A kind of choice, such as Size or Color."""

    name = models.CharField(max_length=200)
    slug = models.CharField(max_length=200)

    class Meta(SourceRow.Meta):
        indexes = [models.Index(fields=["store", "slug"], name="shop_attribute_slug")]

    def __str__(self) -> str:
        return self.name


class AttributeTerm(SourceRow):
    """One choice of an attribute, such as M or Red."""

    attribute = models.ForeignKey(
        Attribute, on_delete=models.CASCADE, related_name="terms"
    )
    name = models.CharField(max_length=200)
    slug = models.CharField(max_length=200)
    position = models.IntegerField(default=0)

    class Meta(SourceRow.Meta):
        indexes = [models.Index(fields=["store", "attribute"], name="shop_term")]

    def __str__(self) -> str:
        return self.name


class StockStatus(models.TextChoices):
    IN_STOCK = "instock", "In stock"
    OUT_OF_STOCK = "outofstock", "Out of stock"
    ON_BACKORDER = "onbackorder", "On backorder"


class SellableQuerySet(SourceQuerySet[Sold]):
    def on_sale(self) -> Self:
        """Offered below the regular price."""
        return self.filter(price__lt=F("regular_price"))

    def in_stock(self) -> Self:
        """What the shop would let someone order."""
        return self.exclude(stock_status=StockStatus.OUT_OF_STOCK)


class Sellable(SourceRow):
    """What products and variants share: a price and a stock.

    WooCommerce accepts negative sale prices, so no constraint refuses them here.
    """

    sku = models.CharField("SKU", max_length=100, blank=True)
    # `price` is what a shopper pays now; the two below are what it is made of.
    price = MoneyField(null=True, blank=True)
    regular_price = MoneyField(null=True, blank=True)
    sale_price = MoneyField(null=True, blank=True)
    sale_from_at = models.DateTimeField(null=True, blank=True)
    sale_to_at = models.DateTimeField(null=True, blank=True)
    cost = MoneyField("unit cost", null=True, blank=True)
    stock_quantity = models.IntegerField(null=True, blank=True)
    stock_status = models.CharField(
        max_length=20, choices=StockStatus.choices, default=StockStatus.IN_STOCK
    )

    class Meta(SourceRow.Meta):
        abstract = True

    @property
    def is_on_sale(self) -> bool:
        return (
            self.price is not None
            and self.regular_price is not None
            and self.price < self.regular_price
        )


class ProductQuerySet(SellableQuerySet["Product"]):
    def visible(self, at: datetime) -> Self:
        """What a shopper may see: published, shown, priced, not deleted."""
        return (
            self.live()
            .filter(status=Product.Status.PUBLISHED, is_visible=True)
            .filter(Q(published_at=None) | Q(published_at__lte=at))
            .exclude(price=None)
        )


class Product(Sellable):
    class Kind(models.TextChoices):
        SIMPLE = "simple", "Simple"
        VARIABLE = "variable", "With variants"
        GROUPED = "grouped", "Grouped"
        EXTERNAL = "external", "Sold elsewhere"

    class Status(models.TextChoices):
        PUBLISHED = "publish", "Published"
        DRAFT = "draft", "Draft"
        PENDING = "pending", "Waiting for review"
        PRIVATE = "private", "Private"
        FUTURE = "future", "Scheduled"
        TRASH = "trash", "In the bin"

    name = models.CharField(max_length=400)
    slug = models.CharField(max_length=400)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.SIMPLE)
    status = models.CharField(
        max_length=20, choices=Status.choices, default=Status.PUBLISHED
    )
    is_visible = models.BooleanField("shown in the shop", default=True)
    description = models.TextField(blank=True)
    short_description = models.TextField(blank=True)
    brand = models.CharField(max_length=100, blank=True)
    permalink = models.CharField(max_length=600, blank=True)
    currency = models.CharField(max_length=3)
    manages_stock = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True, blank=True)
    extra = models.JSONField(default=dict, blank=True)
    categories = models.ManyToManyField(Category, blank=True, related_name="products")
    tags = models.ManyToManyField(Tag, blank=True, related_name="products")

    objects = ProductQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Sellable.Meta):
        constraints = [
            *SourceRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(cost=None) | Q(cost__gte=0), name="shop_product_cost"
            ),
        ]
        indexes = [
            models.Index(
                fields=["store", "status", "-published_at"], name="shop_product_new"
            ),
            models.Index(fields=["store", "slug"], name="shop_product_slug"),
            models.Index(fields=["store", "sku"], name="shop_product_sku"),
            models.Index(fields=["store", "updated_at"], name="shop_product_updated"),
        ]

    def __str__(self) -> str:
        return self.name


class VariantQuerySet(SellableQuerySet["Variant"]):
    def orderable(self) -> Self:
        """There is at least one piece, or the shop does not count."""
        counted = Q(manages_stock=True, stock_quantity__gt=0)
        uncounted = Q(manages_stock=False) & ~Q(stock_status=StockStatus.OUT_OF_STOCK)
        return self.live().filter(counted | uncounted)


class Variant(Sellable):
    """A size and color of a product.

    A product without choices has one variant, which carries the product's own `woo_id`:
    WooCommerce numbers products and variations in one row, so that the two never meet.
    """

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="variants"
    )
    size = models.CharField(max_length=60, blank=True)
    color = models.CharField(max_length=60, blank=True)
    # Attributes other than size and color: {"Length": "Long"}.
    options = models.JSONField(default=dict, blank=True)
    manages_stock = models.BooleanField(default=True)
    position = models.IntegerField(default=0)

    objects = VariantQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Sellable.Meta):
        constraints = [
            *SourceRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(cost=None) | Q(cost__gte=0), name="shop_variant_cost"
            ),
        ]
        indexes = [
            models.Index(fields=["store", "product"], name="shop_variant_product"),
            models.Index(fields=["store", "sku"], name="shop_variant_sku"),
            models.Index(fields=["store", "updated_at"], name="shop_variant_updated"),
        ]

    def __str__(self) -> str:
        return " / ".join(part for part in (self.color, self.size) if part) or self.sku

    @property
    def selling_price(self) -> Decimal | None:
        """What a shopper pays: the variant's own price, else its product's."""
        own: Decimal | None = self.price
        return own if own is not None else self.product.price

    @property
    def pieces_left(self) -> int | None:
        """How many can be ordered; None where the shop does not count them."""
        if self.manages_stock:
            return max(self.stock_quantity or 0, 0)
        return 0 if self.stock_status == StockStatus.OUT_OF_STOCK else None


class Image(SourceRow):
    """A picture of a product, perhaps of one color of it."""

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="images"
    )
    variant = models.ForeignKey(
        Variant, on_delete=models.SET_NULL, null=True, blank=True, related_name="images"
    )
    # `url` is the shop's; `file` our copy in the store's folder or bucket.
    url = models.CharField(max_length=1000, blank=True)
    file = models.FileField(upload_to="products/", max_length=300, blank=True)
    alt = models.CharField(max_length=300, blank=True)
    color = models.CharField(max_length=60, blank=True)
    position = models.IntegerField(default=0)

    class Meta(SourceRow.Meta):
        # WooCommerce shows one media file on many products: unique per product.
        constraints = [
            models.UniqueConstraint(
                fields=["store", "product", "woo_id"], name="shop_image_woo_id"
            )
        ]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.alt or f"Picture {self.pk}"
