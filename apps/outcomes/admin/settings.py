from __future__ import annotations

from django.contrib import admin

from apps.core.merchant_admin import MANAGER, OnePerStoreAdmin
from apps.outcomes.models import OutcomeSettings


@admin.register(OutcomeSettings)
class OutcomeSettingsAdmin(OnePerStoreAdmin):
    """One page: by which rules the chosen store's orders are credited."""

    page_name = "Rules for results"
    note = "By which rules orders are credited. Rules share out; they prove nothing."
    change_role = MANAGER
    fields = ("click_days", "view_through", "view_days", "journey_days")
