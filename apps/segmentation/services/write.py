"""Segments are written down, changed, copied, put away and taken out again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from apps.accounts.models import Store, User
from apps.core.errors import ConflictError, InvalidInputError
from apps.segmentation.models import Member, Segment
from apps.segmentation.services.conditions.parse import parse
from apps.segmentation.services.lock import lock

# What is followed within seconds, and read by people.
MOST_LIVE = 200
MOST_ALL = 1_000
LONGEST_CODE = 60


def create(
    store: Store,
    told: Mapping[str, Any],
    at: datetime,
    made_by: User | None = None,
) -> Segment:
    """Of name, conditions, and if one likes code and about. Counted soon after."""
    parse(told["conditions"])
    room_for_one(store)
    code = told.get("code") or free_code(store, told["name"])
    row = Segment(
        store=store,
        name=told["name"],
        code=code,
        about=told.get("about", ""),
        conditions=told["conditions"],
        made_by=made_by,
        made_at=at,
        changed_at=at,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ConflictError("There is a segment with this code already.") from error
    return row


def room_for_one(store: Store) -> None:
    room_for_live(store)
    if Segment.objects.of(store).count() >= MOST_ALL:
        raise InvalidInputError(f"A store has up to {MOST_ALL} segments in all.")


def room_for_live(store: Store) -> None:
    if Segment.objects.of(store).live().count() >= MOST_LIVE:
        raise InvalidInputError(f"A store keeps up to {MOST_LIVE} segments.")


def free_code(store: Store, name: str) -> str:
    """From the name; with a number where another one has it."""
    plain = slugify(name)[: LONGEST_CODE - 5].strip("-") or "segment"
    taken = set(
        Segment.objects.of(store)
        .filter(code__startswith=plain)
        .values_list("code", flat=True)
    )
    tries = [plain, *(f"{plain}-{n}" for n in range(2, MOST_ALL + 2))]
    return next(code for code in tries if code not in taken)


def change(segment: Segment, told: Mapping[str, Any], at: datetime) -> Segment:
    """Of name, about and conditions. Other conditions are counted soon after."""
    for name in ("name", "about"):
        if name in told:
            setattr(segment, name, told[name])
    fields = ["name", "about", "changed_at"]
    if "conditions" in told and told["conditions"] != segment.conditions:
        parse(told["conditions"])
        segment.conditions, segment.is_due = told["conditions"], True
        fields += ["conditions", "is_due"]
    segment.changed_at = at
    segment.save(update_fields=fields)
    return segment


def duplicate(segment: Segment, at: datetime, made_by: User | None = None) -> Segment:
    told = {
        "name": f"Copy of {segment.name}"[:120],
        "about": segment.about,
        "conditions": segment.conditions,
    }
    return create(segment.store, told, at, made_by)


def archive(segment: Segment) -> None:
    """Nobody enters or leaves it any more; who was in it stays written."""
    rows = Segment.objects.of(segment.store).filter(pk=segment.pk, is_live=True)
    if not rows.update(is_live=False):
        raise ConflictError("The segment is in the archive already.")


def restore(segment: Segment) -> None:
    room_for_live(segment.store)
    rows = Segment.objects.of(segment.store).filter(pk=segment.pk, is_live=False)
    if not rows.update(is_live=True, is_due=True):
        raise ConflictError("The segment is in use already.")


def throw_away(segment: Segment) -> None:
    """With its history, of which there may be millions of rows."""
    with transaction.atomic():
        # A count takes the segment first and its members then: both would wait for ever.
        lock(segment.store)
        rows = Member.objects.of(segment.store).filter(segment=segment)
        rows._raw_delete(rows.db)
        segment.delete()
