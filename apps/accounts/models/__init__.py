from __future__ import annotations

from apps.accounts.models.audit import AuditEntry
from apps.accounts.models.idempotency import IdempotentAnswer
from apps.accounts.models.keys import ApiKey, UsedNonce
from apps.accounts.models.people import Membership, Role, User
from apps.accounts.models.store import (
    Store,
    StoreOrigin,
    StoreOwned,
    StoreQuerySet,
    Usage,
)

__all__ = [
    "ApiKey",
    "AuditEntry",
    "IdempotentAnswer",
    "Membership",
    "Role",
    "Store",
    "StoreOrigin",
    "StoreOwned",
    "StoreQuerySet",
    "Usage",
    "UsedNonce",
    "User",
]
