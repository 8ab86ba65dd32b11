from __future__ import annotations

from django.contrib import admin

from apps.core.merchant_admin import Period
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import moment, money
from apps.shop.admin.copied import CopiedAdmin
from apps.shop.admin.orders import named
from apps.shop.models import Refund


@admin.register(Refund)
class RefundAdmin(CopiedAdmin):
    list_display = ("when", "order_name", "buyer", "money_back", "reason")
    list_filter = (("refunded_at", Period),)
    list_select_related = ("order__customer",)
    search_fields = ("order__number", "reason")
    search_help_text = "Search by order or reason"
    ordering = ("-refunded_at", "-pk")
    fields = ("when", "order_name", "buyer", "money_back", "reason")
    readonly_fields = fields

    @display(description="When", ordering="refunded_at")
    def when(self, refund: Refund) -> str:
        return moment(refund.refunded_at)

    @display(description="Order")
    def order_name(self, refund: Refund) -> str:
        return str(refund.order)

    @display(description="Customer")
    def buyer(self, refund: Refund) -> str:
        return named(refund.order.customer)

    @display(description="Amount", ordering="amount")
    def money_back(self, refund: Refund) -> str:
        return money(refund.amount, refund.order.currency)
