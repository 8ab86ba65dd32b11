from __future__ import annotations

from django.contrib import admin

from apps.core.merchant_admin import Choice, Period, StoreAdmin
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import moment
from apps.shop.models import Consent

NOTE = (
    "What each person agreed to, word for word. The newest statement counts. "
    "Nobody can change or delete these lines: they are your proof."
)


@admin.register(Consent)
class ConsentAdmin(StoreAdmin):
    note = NOTE
    list_display = ("when", "person", "answer", "channel", "purpose", "surface")
    list_filter = (
        ("channel", Choice), ("purpose", Choice), "is_granted", ("stated_at", Period),
    )  # fmt: skip
    list_select_related = ("customer",)
    search_fields = ("customer__first_name", "customer__last_name", "surface")
    search_help_text = "Search by name or place"
    ordering = ("-stated_at", "-pk")
    fields = (
        "person", "answer", "channel", "purpose", "when", "surface", "text_shown",
        "text_version",
    )  # fmt: skip
    readonly_fields = fields

    @display(description="When", ordering="stated_at")
    def when(self, consent: Consent) -> str:
        return moment(consent.stated_at)

    @display(description="Customer")
    def person(self, consent: Consent) -> str:
        return consent.customer.called

    @display(
        description="Answer",
        ordering="is_granted",
        label={"Yes": "success", "No": "danger"},
    )
    def answer(self, consent: Consent) -> str:
        return "Yes" if consent.is_granted else "No"
