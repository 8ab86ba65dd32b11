from __future__ import annotations

from django.contrib import admin

from apps.core.merchant_admin import StoreAdmin
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import moment
from apps.sync.models import Notice

STATES: dict[str, str | None] = {"Open": "warning", "Over": "success"}


@admin.register(Notice)
class NoticeAdmin(StoreAdmin):
    page_name = "Notices"
    empty = "Nothing to tell so far."
    note = "What LuxeBrain noticed about the connection to your shop, and what it did. A notice closes itself when the matter is over."
    list_display = ("text", "state", "since", "over")
    fields = readonly_fields = list_display
    ordering = ("closed_at", "-opened_at", "-pk")

    def search_title(self, row: Notice) -> str:
        return "Notice"

    @display(description="State", label=STATES)
    def state(self, notice: Notice) -> str:
        return "Over" if notice.closed_at else "Open"

    @display(description="Since", ordering="opened_at")
    def since(self, notice: Notice) -> str:
        return moment(notice.opened_at)

    @display(description="Over since", ordering="closed_at")
    def over(self, notice: Notice) -> str:
        return moment(notice.closed_at)
