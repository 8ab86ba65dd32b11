from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSelectWidget

from apps.accounts.models import Membership, Role
from apps.accounts.services import teams
from apps.core.merchant_admin import OWNER, StoreAdmin, Verb, reaches
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import day, moment

TONES: dict[str, str | None] = {
    "Owner": "primary",
    "Manager": "info",
    "Analyst": "success",
}


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices, widget=UnfoldAdminSelectWidget)


class InviteForm(RoleForm):
    email = forms.EmailField(label="E-mail", widget=UnfoldAdminEmailInputWidget)
    field_order = ("email", "role")


@admin.register(Membership)
class MembershipAdmin(StoreAdmin):
    page_name = "Team"
    note = "Who works in this store. An owner may do everything, a manager changes the shop, an analyst reads."
    list_display = ("person", "email", "role_name", "two_step", "last_seen", "since")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name")
    ordering = ("pk",)
    fields = ("person", "email", "role_name", "two_step", "last_seen", "since")
    readonly_fields = fields
    list_verbs = (
        Verb("invite", "Add someone", "person_add", OWNER, "primary", form=InviteForm),
    )
    verbs = (
        Verb("change_role", "Change role", "badge", OWNER, form=RoleForm),
        Verb(
            "remove",
            "Remove from the team",
            "person_remove",
            OWNER,
            "danger",
            "This person will not see this store any more. Remove them?",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """With whether the person's sign-in asks for a code, which owners may see."""
        devices = TOTPDevice.objects.filter(user=OuterRef("user"), confirmed=True)
        return super().get_queryset(request).annotate(has_two_step=Exists(devices))

    def get_list_display(self, request: HttpRequest) -> list[str]:
        hidden = () if reaches(request, OWNER) else ("two_step", "last_seen")
        return [name for name in self.list_display if name not in hidden]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.get_list_display(request)

    @display(description="Person", ordering="user__name")
    def person(self, member: Membership) -> str:
        return str(member.user)

    @display(description="E-mail", ordering="user__email")
    def email(self, member: Membership) -> str:
        return member.user.email

    @display(description="Role", ordering="role", label=TONES)
    def role_name(self, member: Membership) -> str:
        return member.role.capitalize()

    @display(description="Two-step sign-in", boolean=True)
    def two_step(self, member: Membership) -> bool:
        return bool(member.has_two_step)  # type: ignore[attr-defined]

    @display(description="Last sign-in", ordering="user__last_login")
    def last_seen(self, member: Membership) -> str:
        return moment(member.user.last_login)

    @display(description="In the team since", ordering="created_at")
    def since(self, member: Membership) -> str:
        return day(member.created_at)

    def verb_initial(
        self, request: HttpRequest, verb: Verb, row: Any
    ) -> dict[str, Any]:
        return {"role": row.role} if row else {"role": Role.ANALYST}

    def do_invite(self, request: HttpRequest, row: None, values: dict[str, Any]) -> str:
        store = request.store  # type: ignore[attr-defined]
        teams.add(store, values["email"], values["role"], actor=request.user)  # type: ignore[arg-type]
        return f"{values['email']} is in the team. New people choose a password through “Forgotten your password?” on the sign-in page."

    def do_change_role(
        self, request: HttpRequest, row: Membership, values: dict[str, Any]
    ) -> str:
        teams.change_role(row, values["role"], actor=request.user)  # type: ignore[arg-type]
        return f"{row.user} is now {values['role']}."

    def do_remove(
        self, request: HttpRequest, row: Membership, values: dict[str, Any]
    ) -> str:
        name = str(row.user)
        teams.remove(row, actor=request.user)  # type: ignore[arg-type]
        row.pk = None
        return f"{name} is no longer in the team."
