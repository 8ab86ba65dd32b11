from __future__ import annotations

from django.contrib import admin

from apps.core.merchant_admin import Choice
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import day, money
from apps.shop.admin.copied import CopiedAdmin
from apps.shop.models import Coupon


@admin.register(Coupon)
class CouponAdmin(CopiedAdmin):
    list_display = ("code", "worth", "used", "least", "starts", "ends")
    list_filter = (("kind", Choice),)
    list_select_related = ("store",)
    search_fields = ("code",)
    ordering = ("-pk",)
    fields = ("code", "kind", "worth", "used", "least", "starts", "ends")
    readonly_fields = ("worth", "used", "least", "starts", "ends")

    @display(description="Worth", ordering="amount")
    def worth(self, coupon: Coupon) -> str:
        if coupon.kind == Coupon.Kind.PERCENT:
            return f"{coupon.amount.normalize():f} %"
        return money(coupon.amount, coupon.store.currency)

    @display(description="Used", ordering="usage_count")
    def used(self, coupon: Coupon) -> str:
        limit = f" of {coupon.usage_limit:,}" if coupon.usage_limit else " times"
        return f"{coupon.usage_count:,}{limit}"

    @display(description="From a cart of")
    def least(self, coupon: Coupon) -> str:
        return money(coupon.minimum_amount, coupon.store.currency)

    @display(description="Starts", ordering="starts_at")
    def starts(self, coupon: Coupon) -> str:
        return day(coupon.starts_at)

    @display(description="Ends", ordering="expires_at")
    def ends(self, coupon: Coupon) -> str:
        return day(coupon.expires_at)
