"""Somebody asks: the row is the promise, written before anything is done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts.models import Store, User
from apps.accounts.services import audit
from apps.privacy.models import PrivacyRequest
from apps.privacy.services.export import collect, collect_part
from apps.privacy.services.whom import Question, gather, mark_of, seal

Kind, Status = PrivacyRequest.Kind, PrivacyRequest.Status


def erase(
    store: Store, asked: Question, at: datetime, *, by: User | None, label: str = ""
) -> PrivacyRequest:
    """The open request of the same person, if there is one: asked twice is once."""
    mark = mark_of(store, asked)
    rows = PrivacyRequest.objects.of(store).open().filter(kind=Kind.ERASE, mark=mark)
    if (known := rows.first()) is not None:
        return known
    whom = gather(store, asked)
    try:
        with transaction.atomic():
            row = PrivacyRequest.objects.create(
                store=store, kind=Kind.ERASE, mark=mark, sealed_whom=seal(whom),
                asked_by=by, asked_by_label=label, asked_at=at,
            )  # fmt: skip
            note(row, "privacy.erase_asked", by, label)
    except IntegrityError:  # somebody else has just asked the same
        return rows.get()
    return row


def export(
    store: Store,
    asked: Question,
    at: datetime,
    *,
    by: User | None,
    label: str = "",
    section: str = "",
) -> tuple[PrivacyRequest, dict[str, Any]]:
    """Everything held, or the first section of it; and a row that it was told."""
    whom = gather(store, asked)
    counts: dict[str, int] = {}
    if section:
        told = collect_part(store, whom, at, section, 0)
    else:
        told, counts = collect(store, whom, at)
    with transaction.atomic():
        row = PrivacyRequest.objects.create(
            store=store, kind=Kind.EXPORT, status=Status.DONE,
            mark=mark_of(store, asked), asked_by=by, asked_by_label=label,
            asked_at=at, finished_at=at, counts=counts,
        )  # fmt: skip
        note(row, "privacy.exported", by, label)
    return row, told


def go_on(
    store: Store, asked: Question, at: datetime, section: str, offset: int
) -> dict[str, Any]:
    """More of what is being told already."""
    return collect_part(store, gather(store, asked), at, section, offset)


def note(row: PrivacyRequest, action: str, by: User | None, label: str) -> None:
    audit.record(
        action,
        store=row.store,
        actor=by,
        actor_label=label,
        subject=f"privacy:{row.pk}",
    )
