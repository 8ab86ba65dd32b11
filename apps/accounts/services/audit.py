"""One row for every privileged act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from apps.accounts.models import AuditEntry, Store, User
from apps.core.client import current_ip


def record(
    action: str,
    *,
    store: Store | None,
    actor: User | None = None,
    actor_label: str = "",
    subject: str = "",
    detail: Mapping[str, Any] | None = None,
    ip: str | None = None,
) -> AuditEntry:
    """`action` is dotted: key.revoked, team.role_changed. Address and request id come
    from the request under way where there is one."""
    context = structlog.contextvars.get_contextvars()
    return AuditEntry.objects.create(
        store=store,
        actor=actor,
        actor_label=actor_label or ("" if actor else "system"),
        action=action,
        subject=subject[:200],
        detail=dict(detail or {}),
        ip=ip or current_ip.get(),
        request_id=context.get("request_id", ""),
    )


def record_person(action: str, person: User, *, ip: str | None = None) -> None:
    """An act on one's own account, told to every store that one works for."""
    stores: list[Store | None] = [
        *Store.objects.filter(memberships__user=person).order_by("pk")
    ]
    for store in stores or [None]:
        record(action, store=store, actor=person, subject=f"user:{person.pk}", ip=ip)
