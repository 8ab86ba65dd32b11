from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from apps.accounts.models import Store
from apps.core.merchant_admin import MANAGER, StoreAdmin
from apps.core.merchant_admin.columns import display
from apps.events.models import Tracking


@admin.register(Tracking)
class TrackingAdmin(StoreAdmin):
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

    def search_title(self, row: Tracking) -> str:
        return "Tracking settings"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        store: Store | None = request.store  # type: ignore[attr-defined]
        if store is None or not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        row = Tracking.objects.for_store(store)
        return HttpResponseRedirect(
            reverse("admin:events_tracking_change", args=[row.pk])
        )
