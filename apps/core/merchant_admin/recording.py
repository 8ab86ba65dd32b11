"""A row in the audit trail for each change made by a form, an import or an export.

Accounts keeps the trail and lies above; the settings name its verb, as they name the
theme's callbacks.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string


def record(request: HttpRequest, row: Any, verb: str, message: Any = None) -> None:
    """`shop.variant.changed` with the names of the changed fields."""
    label = row._meta.label_lower
    subject = f"{row._meta.model_name}:{row.pk}" if row.pk else row._meta.model_name
    note(request, f"{label}.{verb}", subject, {"fields": changed_fields(message)})


def note(
    request: HttpRequest, action: str, subject: str, detail: dict[str, Any]
) -> None:
    import_string(settings.UNFOLD["AUDIT"])(
        action,
        store=request.store,  # type: ignore[attr-defined]
        actor=request.user,
        subject=subject,
        detail={name: value for name, value in detail.items() if value},
    )


def changed_fields(message: Any) -> list[str]:
    if not isinstance(message, list):
        return []
    return [
        name
        for entry in message
        if isinstance(entry, dict)
        for part in entry.values()
        for name in part.get("fields", ())
    ]
