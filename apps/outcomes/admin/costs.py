from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from apps.core.merchant_admin import MANAGER, StoreAdmin
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import money
from apps.outcomes.models import ChannelCost


@admin.register(ChannelCost)
class ChannelCostAdmin(StoreAdmin):
    page_name = "Ad spend"
    note = "What your ads and other channels cost in a month. Only you know that."
    empty = "Nothing is noted yet."
    add_role = change_role = delete_role = MANAGER
    list_display = ("month", "channel", "spent")
    list_filter = ("channel",)
    ordering = ("-month_on", "channel")
    fields = ("channel", "month_on", ("amount", "currency"))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str]:
        return {"currency": request.store.currency}  # type: ignore[attr-defined]

    @display(description="Month", ordering="month_on")
    def month(self, cost: ChannelCost) -> str:
        return f"{cost.month_on:%B %Y}"

    @display(description="Spent", ordering="amount")
    def spent(self, cost: ChannelCost) -> str:
        return money(cost.amount, cost.currency)
