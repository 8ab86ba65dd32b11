"""The merchant's pages about the store itself: settings, team, keys, plan, audit."""

from __future__ import annotations

from apps.accounts.admin.keys import ApiKeyAdmin, StoreOriginAdmin
from apps.accounts.admin.people import PersonAdmin
from apps.accounts.admin.store import AuditEntryAdmin, StoreSettingsAdmin, UsageAdmin
from apps.accounts.admin.team import MembershipAdmin

__all__ = [
    "ApiKeyAdmin",
    "AuditEntryAdmin",
    "MembershipAdmin",
    "PersonAdmin",
    "StoreOriginAdmin",
    "StoreSettingsAdmin",
    "UsageAdmin",
]
