from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, Prefetch, Subquery, Sum
from django.http import HttpRequest
from django.urls import reverse
from import_export import fields

from apps.core.merchant_admin import (
    ANALYST,
    MANAGER,
    Cell,
    Choice,
    Panel,
    Related,
    StoreTabularInline,
)
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import NOTHING, day, money
from apps.core.merchant_admin.transfer import Exports, StoreResource
from apps.shop.admin.copied import CopiedAdmin, picture
from apps.shop.admin.filters import Brand, OnSale, StockLevel
from apps.shop.admin.product_history import prices_panel, sales_panel, stock_panel
from apps.shop.models import Category, Image, Product, Variant

NOTE = (
    "This is a copy of your shop, kept up to date by itself. Names, prices and stock are changed "
    "in the shop. What a piece costs you is yours to write here."
)
TONES: dict[str, str | None] = {
    "Published": "success",
    "Draft": None,
    "In the bin": "danger",
}


class ProductResource(StoreResource):
    categories = fields.Field(column_name="categories", readonly=True)

    class Meta:
        model = Product
        fields = (
            "id", "sku", "name", "brand", "categories", "status", "price",
            "regular_price", "currency", "cost", "stock_status", "published_at",
        )  # fmt: skip
        export_order = fields

    def dehydrate_categories(self, product: Product) -> str:
        return ", ".join(str(category) for category in product.categories.all())


class VariantInline(StoreTabularInline):
    """Of a size or color only its cost is the merchant's."""

    model = Variant
    change_role = MANAGER
    fields = ("size", "color", "sku", "selling_price", "pieces", "cost")
    readonly_fields = ("size", "color", "sku", "selling_price", "pieces")
    verbose_name_plural = "Sizes and colors"
    tab = True
    hide_title = True
    can_delete = False
    ordering = ("color", "position", "pk")

    def get_queryset(self, request: HttpRequest) -> Any:
        return (
            super()
            .get_queryset(request)
            .filter(deleted_at=None)
            .select_related("product")
        )

    @display(description="Price")
    def selling_price(self, variant: Variant) -> str:
        return money(variant.price, variant.product.currency)

    @display(description="In stock")
    def pieces(self, variant: Variant) -> str:
        left = variant.stock_quantity
        return variant.get_stock_status_display() if left is None else f"{left:,}"


@admin.register(Product)
class ProductAdmin(Exports, CopiedAdmin):
    note = NOTE
    export_role = ANALYST
    change_role = MANAGER
    resource_classes = [ProductResource]
    list_display = (
        "shown", "category", "price_now", "before", "pieces", "status_name", "since"
    )  # fmt: skip
    list_filter = (
        ("categories", Related), ("status", Choice), Brand, OnSale, StockLevel,
    )  # fmt: skip
    search_fields = ("name", "sku", "brand")
    search_help_text = "Search by name, SKU or brand"
    ordering = ("-published_at", "-pk")
    inlines = (VariantInline,)
    fields = (
        ("name", "brand", "sku"), ("category", "status_name", "since"),
        ("price_now", "before", "pieces"), ("cost", "shop_page"),
    )  # fmt: skip
    readonly_fields = (
        "name", "brand", "sku", "category", "status_name", "since", "price_now",
        "before", "pieces", "shop_page",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        store = getattr(request, "store", None)
        stock = (
            (
                Variant.objects.of(store)
                .live()
                .filter(product=OuterRef("pk"))
                .order_by()
                .values("product")
                .annotate(pieces=Sum("stock_quantity"))
                .values("pieces")
            )
            if store
            else Variant.objects.none().values("pk")
        )
        images, categories = Image.objects.none(), Category.objects.none()
        if store:
            images = Image.objects.of(store).order_by("position", "pk")
            categories = Category.objects.of(store).order_by("pk")
        return (
            super()
            .get_queryset(request)
            .annotate(pieces_left=Subquery(stock))
            .prefetch_related(
                Prefetch("categories", categories),
                Prefetch("images", images),
            )
        )

    @display(description="Product", ordering="name", header=True)
    def shown(self, product: Product) -> list[Any]:
        path = picture(next(iter(product.images.all()), None))
        box = {
            "path": path,
            "squared": True,
            "borderless": True,
            "width": 40,
            "height": 48,
        }
        return [product.name, product.brand or product.sku, "", box if path else None]

    @display(description="Category")
    def category(self, product: Product) -> str:
        return ", ".join(str(category) for category in product.categories.all())

    @display(description="Price", ordering="price")
    def price_now(self, product: Product) -> str:
        return money(product.price, product.currency)

    @display(description="Before the sale", ordering="regular_price")
    def before(self, product: Product) -> str:
        return (
            money(product.regular_price, product.currency)
            if product.is_on_sale
            else NOTHING
        )

    @display(description="In stock", ordering="pieces_left")
    def pieces(self, product: Product) -> str:
        left = product.pieces_left  # type: ignore[attr-defined]
        left = product.stock_quantity if left is None else left
        return product.get_stock_status_display() if left is None else f"{left:,}"

    @display(description="Status", ordering="status", label=TONES)
    def status_name(self, product: Product) -> str:
        return product.get_status_display()

    @display(description="Since", ordering="published_at")
    def since(self, product: Product) -> str:
        return day(product.published_at)

    @display(description="In the shop")
    def shop_page(self, product: Product) -> str:
        return product.permalink

    def panels(self, request: HttpRequest, row: Product) -> Iterable[Panel]:
        row.store = request.store  # type: ignore[attr-defined]
        pictures = [Cell(image.alt, image=picture(image)) for image in row.images.all()]
        if pictures:
            yield Panel("Pictures", images=pictures)
        yield sales_panel(row)
        yield prices_panel(row)
        yield stock_panel(row)
        url = reverse("admin:shop_variant_changelist")
        yield Panel(
            "Costs in bulk",
            text="Write many costs at once from a file.",
            link=Cell("Import costs", f"{url}import/"),
        )
