from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework_simplejwt.token_blacklist.models import (
    BlacklistedToken,
    OutstandingToken,
)
from unfold.forms import AdminPasswordChangeForm, UserChangeForm

from apps.accounts.models import User
from apps.core.merchant_admin import SystemAdmin

# Their own pages show a device's secret and its QR code; a person sets up the second
# step at /admin/two-step/, and a superuser can only take it away.
admin.site.unregister([TOTPDevice, StaticDevice])
# And these show refresh tokens that still work.
admin.site.unregister([OutstandingToken, BlacklistedToken])


@admin.register(TOTPDevice, StaticDevice)
class SecondStepAdmin(SystemAdmin):
    fields = readonly_fields = ("user", "name", "confirmed")
    list_display = ("user", "name", "confirmed")
    search_fields = ("user__email",)

    def has_add_permission(self, request: object) -> bool:
        return False


@admin.register(User)
class PersonAdmin(SystemAdmin, UserAdmin):  # type: ignore[type-arg]
    """Everyone of every store: for superusers. A merchant sees the own team."""

    form = UserChangeForm
    change_password_form = AdminPasswordChangeForm
    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("email", "name")
    filter_horizontal = ()
    readonly_fields = ("last_login", "joined_at")
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        ("May", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("When", {"fields": ("joined_at", "last_login")}),
    )

    def has_add_permission(self, request: object) -> bool:
        """People come by being added to a team."""
        return False
