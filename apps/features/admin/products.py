from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from apps.core.merchant_admin import Panel, StoreAdmin
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import NOTHING, moment
from apps.features.admin.say import days, panels, percent
from apps.features.definitions import PRODUCT
from apps.features.models import ProductFeatures

NOTE = (
    "Worked out from orders, returns, stock and visits every night, and every hour for "
    "products that something happened to. Revenue is without tax, less refunds."
)


class Selling(DropdownFilter):
    title = "sales"
    parameter_name = "sales"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("faster", "Selling faster than before"),
            ("slower", "Selling slower than before"),
            ("out", "Gone within two weeks"),
            ("none", "Not sold in 28 days"),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        asked = {
            "faster": Q(acceleration__gt=0),
            "slower": Q(acceleration__lt=0),
            "out": Q(cover_days__lt=14, units_28__gt=0),
            "none": Q(units_28__lte=0),
        }
        return queryset.filter(asked.get(self.value() or "", Q()))


@admin.register(ProductFeatures)
class ProductFeaturesAdmin(StoreAdmin):
    page_name = "Product numbers"
    note = NOTE
    empty = "Numbers appear after the first night, or an hour after the first order."
    show_full_result_count = False
    list_display = (
        "name", "sold", "a_day", "lasts", "through", "sent_back", "seen", "bought",
    )  # fmt: skip
    list_filter = (Selling,)
    list_select_related = ("product",)
    search_fields = ("product__name", "product__sku")
    search_help_text = "Search by product or SKU"
    ordering = ("-units_28", "-pk")
    fields = (("name", "made"),)
    readonly_fields = ("name", "made")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(product__deleted_at=None)

    def search_title(self, row: ProductFeatures) -> str:
        return self.name(row)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: Any = None
    ) -> Any:
        row = super().get_object(request, object_id, from_field)
        row.store = request.store  # type: ignore[attr-defined]
        return row

    def panels(self, request: HttpRequest, row: ProductFeatures) -> Iterable[Panel]:
        return panels(PRODUCT, row)

    @display(description="Product", ordering="product__name")
    def name(self, row: ProductFeatures) -> str:
        return row.product.name

    @display(description="As of")
    def made(self, row: ProductFeatures) -> str:
        return moment(row.as_of)

    @display(description="Sold, 28 days", ordering="units_28")
    def sold(self, row: ProductFeatures) -> str:
        return f"{row.units_28:,}"

    @display(description="Pieces a day", ordering="velocity")
    def a_day(self, row: ProductFeatures) -> str:
        return NOTHING if row.velocity is None else f"{row.velocity:,.2f}"

    @display(description="Lasts for", ordering="cover_days")
    def lasts(self, row: ProductFeatures) -> str:
        return NOTHING if row.cover_days is None else days(row.cover_days)

    @display(description="Sold through", ordering="sell_through")
    def through(self, row: ProductFeatures) -> str:
        return NOTHING if row.sell_through is None else percent(row.sell_through)

    @display(description="Sent back", ordering="return_share")
    def sent_back(self, row: ProductFeatures) -> str:
        return NOTHING if row.return_share is None else percent(row.return_share)

    @display(description="Views, 28 days", ordering="views_28")
    def seen(self, row: ProductFeatures) -> str:
        return f"{row.views_28:,}"

    @display(description="View to order", ordering="view_to_buy")
    def bought(self, row: ProductFeatures) -> str:
        return NOTHING if row.view_to_buy is None else percent(row.view_to_buy)
