from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from apps.core.merchant_admin import MANAGER, OnePerStoreAdmin
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import NOTHING
from apps.storefront.admin.previewed import Previewed
from apps.storefront.models import LineSettings
from apps.storefront.services.lines import forget_settings
from apps.storefront.services.prices import count_unknown


class LineForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = LineSettings
        fields = (
            "shows_stock", "few_left", "shows_lowered", "shows_sold", "sold_day",
            "sold_week", "shows_back", "back_days", "shows_viewers", "viewers", "most",
        )  # fmt: skip
        labels = {
            "shows_stock": "Say when few are left",
            "few_left": "From so many pieces on",
            "shows_lowered": "Say that the price was lowered",
            "shows_sold": "Say how many were sold",
            "sold_day": "In 24 hours, at least",
            "sold_week": "In 7 days, at least",
            "shows_back": "Say that it is back in stock",
            "back_days": "For so many days",
            "shows_viewers": "Say how many people looked at it",
            "viewers": "In the last hour, at least",
            "most": "Lines at a time, at most",
        }
        help_texts = {
            "shows_stock": "Only where your shop counts its stock.",
            "shows_lowered": "Always with the lowest price of the 30 days before, and "
            "only if it is really lower than that.",
            "shows_sold": "Paid orders, less what came back.",
            "shows_back": "After it was sold out for a day or longer.",
            "shows_viewers": "Only those who let themselves be counted.",
        }


@admin.register(LineSettings)
class LineSettingsAdmin(Previewed, OnePerStoreAdmin):
    page_name = "Lines under the price"
    note = (
        "Facts that help to decide. Each is looked up when it is shown, and is left out "
        "while it is not true. What you set here is which facts, and from which number on."
    )
    change_role = MANAGER
    form = LineForm
    readonly_fields = ("unknown",)
    fieldsets = (
        ("Stock", {"fields": (("shows_stock", "few_left"), ("shows_back", "back_days"))}),
        ("Price", {"fields": ("shows_lowered", "unknown")}),
        ("Other people", {"fields": ("shows_sold", ("sold_day", "sold_week"), ("shows_viewers", "viewers"))}),
        ("All", {"fields": ("most",)}),
    )  # fmt: skip

    @display(description="Reduced, without a lowest price to name")
    def unknown(self, row: LineSettings) -> str:
        count = count_unknown(row.store, timezone.now())
        if not count:
            return NOTHING
        return (
            f"{count} {'product' if count == 1 else 'products'}: not all of the 30 days before their reduction is known, "
            "or their sizes had different prices. Pages name none."
        )

    def preview_places(self, row: Any) -> list[tuple[str, str]]:
        return []

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: Any
    ) -> None:
        super().save_model(request, obj, form, change)
        forget_settings(request.store)  # type: ignore[attr-defined]
