"""Filters whose choices are worked out, not listed on the model."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from apps.shop.models import Order, Product, StockStatus


class OrderStatus(DropdownFilter):
    """WooCommerce's own statuses and those that plugins added."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            (value, label)
            for value, label in Order.Status.choices
            if value not in Order.NOT_PLACED
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(status=self.value()) if self.value() else queryset


class OnSale(DropdownFilter):
    title = "price"
    parameter_name = "price"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("sale", "On sale"), ("regular", "At the regular price")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        is_sale = Q(price__lt=F("regular_price"))
        match self.value():
            case "sale":
                return queryset.filter(is_sale)
            case "regular":
                return queryset.exclude(is_sale)
        return queryset


class StockLevel(DropdownFilter):
    title = "stock"
    parameter_name = "stock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("out", "Sold out"), ("low", "Five or fewer left"), ("in", "In stock")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        out = Q(stock_status=StockStatus.OUT_OF_STOCK)
        match self.value():
            case "out":
                return queryset.filter(out)
            case "in":
                return queryset.exclude(out)
            case "low":
                return queryset.filter(stock_quantity__gt=0, stock_quantity__lte=5)
        return queryset


class Buys(DropdownFilter):
    title = "orders"
    parameter_name = "orders"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Bought something"), ("never", "Never bought")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "yes":
                return queryset.exclude(last_ordered_at=None)
            case "never":
                return queryset.filter(last_ordered_at=None)
        return queryset


class Brand(DropdownFilter):
    """The store's own brands."""

    title = "brand"
    parameter_name = "brand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        store = getattr(request, "store", None)
        if store is None:
            return []
        brands = Product.objects.of(store).live().exclude(brand="")
        names = brands.order_by("brand").values_list("brand", flat=True).distinct()
        return [(name, name) for name in names[:200]]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(brand=self.value()) if self.value() else queryset
