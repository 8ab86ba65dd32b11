from __future__ import annotations

from django.db import models
from django.db.models import Q

from apps.core.money import MoneyField
from apps.shop.models.source import SourceRow


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


class Product(SourceRow):
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
    sku = models.CharField("SKU", max_length=100, blank=True)
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
    # `price` is what a shopper pays now; the two below are what it is made of.
    price = MoneyField(null=True, blank=True)
    regular_price = MoneyField(null=True, blank=True)
    sale_price = MoneyField(null=True, blank=True)
    sale_from_at = models.DateTimeField(null=True, blank=True)
    sale_to_at = models.DateTimeField(null=True, blank=True)
    cost = MoneyField("unit cost", null=True, blank=True)
    manages_stock = models.BooleanField(default=False)
    stock_quantity = models.IntegerField(null=True, blank=True)
    stock_status = models.CharField(
        max_length=20, choices=StockStatus.choices, default=StockStatus.IN_STOCK
    )
    published_at = models.DateTimeField(null=True, blank=True)
    extra = models.JSONField(default=dict, blank=True)
    categories = models.ManyToManyField(Category, blank=True, related_name="products")
    tags = models.ManyToManyField(Tag, blank=True, related_name="products")

    class Meta(SourceRow.Meta):
        constraints = [
            *SourceRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(price=None) | Q(price__gte=0), name="shop_product_price"
            ),
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
        ]

    def __str__(self) -> str:
        return self.name


class Variant(SourceRow):
    """A size and color of a product; a product without choices has one variant."""

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="variants"
    )
    sku = models.CharField("SKU", max_length=100, blank=True)
    size = models.CharField(max_length=60, blank=True)
    color = models.CharField(max_length=60, blank=True)
    # Attributes other than size and color: {"Length": "Long"}.
    options = models.JSONField(default=dict, blank=True)
    price = MoneyField(null=True, blank=True)
    regular_price = MoneyField(null=True, blank=True)
    sale_price = MoneyField(null=True, blank=True)
    sale_from_at = models.DateTimeField(null=True, blank=True)
    sale_to_at = models.DateTimeField(null=True, blank=True)
    cost = MoneyField("unit cost", null=True, blank=True)
    manages_stock = models.BooleanField(default=True)
    stock_quantity = models.IntegerField(null=True, blank=True)
    stock_status = models.CharField(
        max_length=20, choices=StockStatus.choices, default=StockStatus.IN_STOCK
    )
    position = models.IntegerField(default=0)

    class Meta(SourceRow.Meta):
        indexes = [
            models.Index(fields=["store", "product"], name="shop_variant_product"),
            models.Index(fields=["store", "sku"], name="shop_variant_sku"),
        ]

    def __str__(self) -> str:
        return " / ".join(part for part in (self.color, self.size) if part) or self.sku


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
