from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse

from apps.core.merchant_admin import Cell, Panel
from apps.core.merchant_admin.columns import display
from apps.shop.admin.copied import CopiedAdmin
from apps.shop.models import Category


@admin.register(Category)
class CategoryAdmin(CopiedAdmin):
    list_display = ("name", "inside", "product_count")
    list_select_related = ("parent",)
    search_fields = ("name",)
    ordering = ("position", "name")
    fields = ("name", "inside", "product_count")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        live = Count("products", filter=Q(products__deleted_at=None))
        return super().get_queryset(request).annotate(products_in=live)

    @display(description="Inside", ordering="parent__name")
    def inside(self, category: Category) -> str:
        return str(category.parent or "")

    @display(description="Products", ordering="products_in")
    def product_count(self, category: Category) -> int:
        return int(category.products_in)  # type: ignore[attr-defined]

    def panels(self, request: HttpRequest, row: Category) -> Iterable[Panel]:
        url = reverse("admin:shop_product_changelist")
        yield Panel(
            "Products",
            link=Cell(
                "See the products in it", f"{url}?categories__id__exact={row.pk}"
            ),
        )
