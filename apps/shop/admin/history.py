from __future__ import annotations

from django.contrib import admin

from apps.core.merchant_admin import Period, StoreAdmin
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import NOTHING, moment, money
from apps.shop.models import PriceChange, StockChange

KEPT = "Kept by LuxeBrain from what your shop says. Nobody can change or delete these lines."


@admin.register(PriceChange)
class PriceChangeAdmin(StoreAdmin):
    page_name = "Price history"
    note = KEPT
    # Counting such a long table twice would be felt.
    show_full_result_count = False
    list_display = ("when", "product", "variant", "new_price", "regular", "reason")
    list_display_links = None
    list_filter = (("changed_at", Period),)
    list_select_related = ("product", "variant")
    search_fields = ("product__name", "product__sku")
    search_help_text = "Search by product"
    ordering = ("-changed_at", "-pk")

    @display(description="From", ordering="changed_at")
    def when(self, change: PriceChange) -> str:
        return moment(change.changed_at)

    @display(description="Price", ordering="price")
    def new_price(self, change: PriceChange) -> str:
        return money(change.price, change.currency)

    @display(description="Regular price")
    def regular(self, change: PriceChange) -> str:
        return money(change.regular_price, change.currency)


@admin.register(StockChange)
class StockChangeAdmin(StoreAdmin):
    page_name = "Stock history"
    note = KEPT
    # Counting such a long table twice would be felt.
    show_full_result_count = False
    list_display = ("when", "product", "variant", "left", "reason")
    list_display_links = None
    list_filter = (("changed_at", Period),)
    list_select_related = ("variant__product",)
    search_fields = ("variant__product__name", "variant__sku")
    search_help_text = "Search by product or SKU"
    ordering = ("-changed_at", "-pk")

    @display(description="From", ordering="changed_at")
    def when(self, change: StockChange) -> str:
        return moment(change.changed_at)

    @display(description="Product")
    def product(self, change: StockChange) -> str:
        return str(change.variant.product)

    @display(description="Pieces left", ordering="quantity")
    def left(self, change: StockChange) -> str:
        return NOTHING if change.quantity is None else f"{change.quantity:,}"
