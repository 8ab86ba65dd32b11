from __future__ import annotations

from django.contrib import admin

from apps.core.merchant_admin import MANAGER, OnePerStoreAdmin
from apps.core.merchant_admin.columns import display
from apps.events.models import Tracking


@admin.register(Tracking)
class TrackingAdmin(OnePerStoreAdmin):
    """One page: what the chosen store keeps of its visitors."""

    page_name = "Tracking settings"
    note = "What is kept of your visitors, and for how long. Nothing is kept of anyone who did not agree."
    change_role = MANAGER
    fields = ("keeps_whole_ip", "days_kept", "of_plan")
    readonly_fields = ("of_plan",)

    @display(description="Your plan keeps")
    def of_plan(self, tracking: Tracking) -> str:
        days = tracking.store.limits.retention_days
        return "Without limit" if days is None else f"{days} days"
