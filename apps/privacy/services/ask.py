"""Somebody asks: the row is the promise, written before anything is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts.models import Store, User
from apps.accounts.services import audit
from apps.privacy.models import PrivacyRequest
from apps.privacy.services.export import SECTIONS, tell, tell_part
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
    store: Store, asked: Question, at: datetime, *, by: User | None, label: str = ""
) -> Iterator[str]:
    """Everything held, as JSON, and a row that it was told."""
    whom, counts = gather(store, asked), dict[str, int]()
    row = note_export(store, asked, at, by, label)

    def told() -> Iterator[str]:
        yield from tell(store, whom, at, counts)
        PrivacyRequest.objects.of(store).filter(pk=row.pk).update(counts=counts)

    return told()


def export_part(
    store: Store,
    asked: Question,
    at: datetime,
    *,
    by: User | None,
    label: str = "",
    section: str,
    after: str = "",
) -> dict[str, Any]:
    """Some rows of a section. Of many parts, the first one leaves a row."""
    told = tell_part(store, gather(store, asked), at, section, after)
    if (section, after) == (SECTIONS[0], ""):
        note_export(store, asked, at, by, label)
    return told


def note_export(
    store: Store, asked: Question, at: datetime, by: User | None, label: str
) -> PrivacyRequest:
    with transaction.atomic():
        row = PrivacyRequest.objects.create(
            store=store, kind=Kind.EXPORT, status=Status.DONE,
            mark=mark_of(store, asked), asked_by=by, asked_by_label=label,
            asked_at=at, finished_at=at,
        )  # fmt: skip
        note(row, "privacy.exported", by, label)
    return row


def note(row: PrivacyRequest, action: str, by: User | None, label: str) -> None:
    audit.record(
        action,
        store=row.store,
        actor=by,
        actor_label=label,
        subject=f"privacy:{row.pk}",
    )
