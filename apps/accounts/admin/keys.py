from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from apps.accounts.models import ApiKey, StoreOrigin
from apps.accounts.models.keys import Scope
from apps.accounts.services import keys
from apps.core.merchant_admin import OWNER, StoreAdmin, Verb
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import moment

STATES: dict[str, str | None] = {
    "Works": "success",
    "Ends soon": "warning",
    "Ended": None,
    "Revoked": "danger",
}
ROTATE = "You get a new key. The old one works for another 24 hours, so that you can change it in peace. Go on?"
REVOKE = "Within some seconds this key opens nothing any more, and whatever uses it stops. Revoke it?"


class KeyForm(forms.Form):
    name = forms.CharField(
        max_length=100,
        widget=UnfoldAdminTextInputWidget,
        help_text="Where it is used, like “Shop plugin”.",
    )
    kind = forms.ChoiceField(
        choices=ApiKey.Kind.choices, widget=UnfoldAdminSelectWidget
    )
    scopes = forms.MultipleChoiceField(
        label="A secret key may",
        choices=Scope.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="Choose nothing and it may do all of these. A publishable key always may send events and read what a page shows, nothing else.",
    )


@admin.register(ApiKey)
class ApiKeyAdmin(StoreAdmin):
    page_name = "Keys"
    empty = "No keys yet. The plugin gets its own when it connects; make others here for your own programs."
    note = "Keys let your shop talk to LuxeBrain. A key is shown once, when it is made; here you see only its beginning."
    view_role = OWNER
    list_display = ("name", "kind_name", "begins_with", "state", "last_used", "may_do")
    search_fields = ("name", "prefix")
    ordering = ("-created_at",)
    fields = (
        "name",
        "kind_name",
        "begins_with",
        "state",
        "may_do",
        "last_used",
        "made",
        "ends",
    )
    readonly_fields = fields
    list_verbs = (Verb("create", "New key", "add", OWNER, "primary", form=KeyForm),)
    verbs = (
        Verb("rotate", "Replace it", "autorenew", OWNER, question=ROTATE),
        Verb("revoke", "Revoke", "block", OWNER, "danger", REVOKE),
    )

    def verbs_for(self, request: HttpRequest, row: ApiKey) -> list[Verb]:
        offered = super().verbs_for(request, row)
        ended = row.revoked_at or (row.expires_at and row.expires_at <= timezone.now())
        if ended:
            return []
        return [v for v in offered if v.name != "rotate" or row.replaced_by_id is None]

    @display(description="Kind", ordering="kind")
    def kind_name(self, key: ApiKey) -> str:
        return key.get_kind_display()

    @display(description="Begins with")
    def begins_with(self, key: ApiKey) -> str:
        return f"{key.prefix}…"

    @display(description="State", label=STATES)
    def state(self, key: ApiKey) -> str:
        if key.revoked_at:
            return "Revoked"
        if key.expires_at:
            return "Ended" if key.expires_at <= timezone.now() else "Ends soon"
        return "Works"

    @display(description="Last used", ordering="last_used_at")
    def last_used(self, key: ApiKey) -> str:
        return moment(key.last_used_at)

    @display(description="May")
    def may_do(self, key: ApiKey) -> str:
        return ", ".join(Scope(scope).label for scope in key.scopes if scope in Scope)

    @display(description="Made", ordering="created_at")
    def made(self, key: ApiKey) -> str:
        return moment(key.created_at)

    @display(description="Ends")
    def ends(self, key: ApiKey) -> str:
        return moment(key.revoked_at or key.expires_at)

    def do_create(
        self, request: HttpRequest, row: None, values: dict[str, Any]
    ) -> TemplateResponse:
        store = request.store  # type: ignore[attr-defined]
        key, shown = keys.create(
            store,
            values["kind"],
            values["name"],
            values["scopes"],
            actor=request.user,  # type: ignore[arg-type]
        )
        return self.show_once(request, key, shown)

    def do_rotate(
        self, request: HttpRequest, row: ApiKey, values: dict[str, Any]
    ) -> TemplateResponse:
        key, shown = keys.rotate(row, actor=request.user)  # type: ignore[arg-type]
        return self.show_once(request, key, shown)

    def do_revoke(
        self, request: HttpRequest, row: ApiKey, values: dict[str, Any]
    ) -> str:
        keys.revoke(row, actor=request.user)  # type: ignore[arg-type]
        return f"“{row.name}” opens nothing any more."

    def show_once(
        self, request: HttpRequest, key: ApiKey, shown: str
    ) -> TemplateResponse:
        """The only page that ever shows a key."""
        context = {
            **self.admin_site.each_context(request),
            **self.page_context(),
            "title": "Your new key",
            "opts": self.opts,
            "key": key,
            "shown": shown,
            "back_url": reverse("admin:accounts_apikey_changelist"),
        }
        response = TemplateResponse(request, "admin/key_shown.html", context)
        response.headers["Cache-Control"] = "no-store"
        return response


class OriginForm(forms.ModelForm):  # type: ignore[type-arg]
    origin = forms.CharField(
        label="Address",
        max_length=255,
        widget=UnfoldAdminTextInputWidget,
        help_text="Like https://shop.example, without anything behind it.",
    )

    class Meta:
        model = StoreOrigin
        fields = ("origin",)

    def clean_origin(self) -> str:
        return str(self.cleaned_data["origin"]).strip().lower().rstrip("/")


@admin.register(StoreOrigin)
class StoreOriginAdmin(StoreAdmin):
    page_name = "Website addresses"
    empty = "No addresses yet."
    note = "Addresses of your shop. Only pages at these addresses may use your publishable key."
    add_role = change_role = delete_role = OWNER
    list_display = ("origin",)
    search_fields = ("origin",)
    ordering = ("origin",)
    form = OriginForm
