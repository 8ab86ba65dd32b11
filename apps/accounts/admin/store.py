from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from unfold.widgets import UnfoldAdminSelectWidget

from apps.accounts.models import AuditEntry, Store, Usage
from apps.accounts.services import stores
from apps.core.merchant_admin import OWNER, Period, StoreAdmin
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import NOTHING, moment

FIXED = ("short_name", "platform", "currency", "plan", "status", "opened")


class StoreForm(forms.ModelForm):  # type: ignore[type-arg]
    time_zone = forms.ChoiceField(
        choices=[(name, name) for name in sorted(zoneinfo.available_timezones())],
        widget=UnfoldAdminSelectWidget,
        help_text="Days, weeks and quiet hours are counted in it.",
    )

    class Meta:
        model = Store
        fields = stores.MERCHANT_MAY_CHANGE
        labels = {"url": "Address"}
        help_texts = {
            "url": "The shop's address, as shoppers type it.",
            "country": "Two letters, like DE. Holidays are taken from it.",
            "language": "The language your customers read, like en or de.",
        }


@admin.register(Store)
class StoreSettingsAdmin(StoreAdmin):
    """One page: the settings of the chosen store."""

    page_name = "Store settings"
    note = "Currency and platform stay as they were on the first day."
    change_role = OWNER
    form = StoreForm
    fields = (*stores.MERCHANT_MAY_CHANGE, *FIXED)
    readonly_fields = FIXED
    is_recorded_by_service = True

    @display(description="Short name")
    def short_name(self, store: Store) -> str:
        return store.slug

    @display(description="Opened")
    def opened(self, store: Store) -> str:
        return moment(store.created_at)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        store: Store | None = request.store  # type: ignore[attr-defined]
        if store is None:
            return super().changelist_view(request, extra_context)
        return HttpResponseRedirect(
            reverse("admin:accounts_store_change", args=[store.pk])
        )

    def save_model(
        self, request: HttpRequest, obj: Store, form: Any, change: Any
    ) -> None:
        """Through the verb, which says what a merchant may change, and records it."""
        values = {
            name: form.cleaned_data[name]
            for name in form.changed_data
            if name in stores.MERCHANT_MAY_CHANGE
        }
        kept = Store.objects.get(pk=obj.pk)
        stores.change(kept, values, actor=request.user)  # type: ignore[arg-type]


@admin.register(Usage)
class UsageAdmin(StoreAdmin):
    page_name = "Plan and usage"
    empty = "Nothing was counted yet."
    note = (
        "What your plan includes, and how much of it each month used. "
        "Past the limit we tell you; nothing is lost."
    )
    list_display = ("month", "kind", "used", "of_plan", "warned")
    list_display_links = None
    ordering = ("-month_on", "kind")
    list_select_related = ("store",)

    @display(description="Month", ordering="month_on")
    def month(self, usage: Usage) -> str:
        return f"{usage.month_on:%B %Y}"

    @display(description="Used", ordering="count")
    def used(self, usage: Usage) -> str:
        return f"{usage.count:,}"

    @display(description="Of your plan")
    def of_plan(self, usage: Usage) -> str:
        limit = usage.store.limits.events_per_month
        if limit is None:
            return "No limit"
        percent = usage.count * 100 / limit
        return format_html(
            '<span class="lb-quota"><progress max="100" value="{}"></progress>'
            "<span>{} % of {}</span></span>",
            min(int(percent), 100),
            f"{percent:.0f}",
            f"{limit:,}",
        )

    @display(description="We told you")
    def warned(self, usage: Usage) -> str:
        return moment(usage.warned_at)


@admin.register(AuditEntry)
class AuditEntryAdmin(StoreAdmin):
    page_name = "Audit trail"
    note = "Who did what, and when. Nobody can change or delete these lines."
    view_role = OWNER
    list_display = ("when", "who", "act", "subject", "facts", "address")
    list_display_links = None
    list_filter = (("created_at", Period),)
    search_fields = ("action", "subject", "actor__email", "actor_label")
    search_help_text = "Search by act, person or subject"
    list_select_related = ("actor",)
    ordering = ("-created_at", "-pk")

    @display(description="When", ordering="created_at")
    def when(self, entry: AuditEntry) -> str:
        return moment(entry.created_at)

    @display(description="Who")
    def who(self, entry: AuditEntry) -> str:
        return str(entry.actor or entry.actor_label)

    @display(description="What", ordering="action")
    def act(self, entry: AuditEntry) -> str:
        """`team.role_changed` reads "Team: role changed"."""
        return entry.action.replace(".", ": ").replace("_", " ").capitalize()

    @display(description="From")
    def address(self, entry: AuditEntry) -> str:
        return entry.ip or NOTHING

    @display(description="Details")
    def facts(self, entry: AuditEntry) -> str:
        return ", ".join(f"{key}: {told(value)}" for key, value in entry.detail.items())


def told(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
