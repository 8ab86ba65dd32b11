from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError

from apps.core.merchant_admin import MANAGER
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import money
from apps.core.merchant_admin.transfer import Imports, StoreResource
from apps.shop.admin.copied import CopiedAdmin
from apps.shop.admin.filters import OnSale, StockLevel
from apps.shop.models import Variant

NOTE = (
    "Every size and color of your products. What a piece costs you can be written here, "
    "one by one or from a file; everything else comes from the shop."
)


class VariantResource(StoreResource):
    """Exported whole; of an imported file only the cost is taken."""

    class Meta:
        model = Variant
        fields = (
            "id", "sku", "product__name", "size", "color", "price", "stock_quantity",
            "cost",
        )  # fmt: skip
        export_order = fields
        import_id_fields = ("id",)
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True

    def get_import_fields(self) -> list[Any]:
        return [self.fields["id"], self.fields["cost"]]

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        known = self.get_queryset().filter(deleted_at=None)
        value = str(row.get("id") or "")
        if not (
            value.isdigit() and len(value) < 18 and known.filter(pk=int(value)).exists()
        ):
            raise ValidationError(
                f"Your store has no size or color with the id {value!r}."
            )

    def do_instance_save(self, instance: Variant, is_create: bool) -> None:
        instance.save(update_fields=["cost", "updated_at"])


@admin.register(Variant)
class VariantAdmin(Imports, CopiedAdmin):
    page_name = "Sizes and colors"
    note = NOTE
    change_role = MANAGER
    resource_classes = [VariantResource]
    list_display = (
        "product",
        "size",
        "color",
        "sku",
        "selling_price",
        "pieces",
        "unit_cost",
    )
    list_filter = (OnSale, StockLevel)
    list_select_related = ("product",)
    search_fields = ("product__name", "sku")
    search_help_text = "Search by product or SKU"
    ordering = ("-product__published_at", "product_id", "color", "position", "pk")
    fields = (
        ("product", "sku"),
        ("size", "color"),
        ("selling_price", "pieces"),
        "cost",
    )
    readonly_fields = ("product", "sku", "size", "color", "selling_price", "pieces")

    @display(description="Price", ordering="price")
    def selling_price(self, variant: Variant) -> str:
        return money(variant.price, variant.product.currency)

    @display(description="In stock", ordering="stock_quantity")
    def pieces(self, variant: Variant) -> str:
        left = variant.stock_quantity
        return variant.get_stock_status_display() if left is None else f"{left:,}"

    @display(description="Costs you", ordering="cost")
    def unit_cost(self, variant: Variant) -> str:
        return money(variant.cost, variant.product.currency)
