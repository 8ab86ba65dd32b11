from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse

from apps.core.merchant_admin import (
    ANALYST,
    MANAGER,
    OWNER,
    Cell,
    Panel,
    Related,
    StoreAdmin,
)
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import money
from apps.core.merchant_admin.transfer import Imports, StoreResource
from apps.inventory.models import Supplier, SupplyTerm

NOTE = "Your shop knows no suppliers, so these lines are yours: write here who delivers, how fast and for how much."


class SupplierResource(StoreResource):
    """By name: a known supplier is changed, a new one added."""

    class Meta:
        model = Supplier
        import_id_fields = ("name",)
        fields = (
            "name", "email", "country", "currency", "lead_time_days_mean",
            "lead_time_days_sd", "review_period_days", "is_active",
        )  # fmt: skip
        export_order = fields
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True


class SupplierForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Supplier
        fields = (
            "name", "email", "country", "currency", "lead_time_days_mean",
            "lead_time_days_sd", "review_period_days", "is_active",
        )  # fmt: skip
        labels = {
            "email": "E-mail",
            "lead_time_days_mean": "Days from order to shelf",
            "lead_time_days_sd": "Give or take, in days",
            "review_period_days": "You order every … days",
            "is_active": "You order from it",
        }
        help_texts = {
            "country": "Two letters, like PT.",
            "currency": "Of its prices: three letters, like EUR.",
            "lead_time_days_sd": "How much that varies from one delivery to the next.",
        }


@admin.register(Supplier)
class SupplierAdmin(Imports, StoreAdmin):
    note = NOTE
    add_role = change_role = MANAGER
    delete_role = OWNER
    export_role = ANALYST
    resource_classes = [SupplierResource]
    form = SupplierForm
    list_display = (
        "name",
        "country",
        "delivers_in",
        "review",
        "term_count",
        "is_active",
    )
    list_filter = ("is_active",)
    search_fields = ("name", "email")
    ordering = ("name",)
    fieldsets = (
        (None, {"fields": (("name", "is_active"), ("email", "country"), "currency")}),
        (
            "How it delivers",
            {
                "fields": (
                    ("lead_time_days_mean", "lead_time_days_sd"), "review_period_days",
                )
            },
        ),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(term_total=Count("terms"))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str]:
        return {"currency": request.store.currency}  # type: ignore[attr-defined]

    @display(description="Delivers in", ordering="lead_time_days_mean")
    def delivers_in(self, supplier: Supplier) -> str:
        return f"{supplier.lead_time_days_mean:g} days"

    @display(description="Ordered from", ordering="review_period_days")
    def review(self, supplier: Supplier) -> str:
        days = supplier.review_period_days
        return "every day" if days == 1 else f"every {days} days"

    @display(description="Products", ordering="term_total")
    def term_count(self, supplier: Supplier) -> int:
        return int(supplier.term_total)  # type: ignore[attr-defined]

    def panels(self, request: HttpRequest, row: Supplier) -> Iterable[Panel]:
        terms: Any = SupplyTerm.objects.of(request.store).filter(supplier=row)  # type: ignore[attr-defined]
        rows = [
            (
                str(term.product),
                str(term.variant or "All"),
                Cell(money(term.unit_cost, row.currency), is_number=True),
                Cell(str(term.minimum_order), is_number=True),
                Cell(str(term.pack_size), is_number=True),
            )
            for term in terms.select_related("product", "variant").order_by(
                "product__name"
            )[:20]
        ]
        url = reverse("admin:inventory_supplyterm_changelist")
        yield Panel(
            "What it delivers",
            ("Product", "Size and color", "Price for you", "At least", "In a pack"),
            rows,
            empty="Nothing is noted yet.",
            link=Cell("All its terms", f"{url}?supplier__id__exact={row.pk}"),
        )


@admin.register(SupplyTerm)
class SupplyTermAdmin(StoreAdmin):
    note = NOTE
    add_role = change_role = delete_role = MANAGER
    list_display = (
        "product",
        "variant",
        "supplier",
        "price",
        "minimum_order",
        "pack_size",
    )
    list_filter = (("supplier", Related),)
    list_select_related = ("product", "variant", "supplier")
    search_fields = ("product__name", "product__sku")
    search_help_text = "Search by product"
    autocomplete_fields = ("product", "variant", "supplier")
    ordering = ("product__name", "pk")
    fields = (
        "supplier",
        "product",
        "variant",
        "unit_cost",
        ("minimum_order", "pack_size"),
    )

    @display(description="Price for you", ordering="unit_cost")
    def price(self, term: SupplyTerm) -> str:
        return money(term.unit_cost, term.supplier.currency)
