"""Write a copy of one thing in the shop, whatever order the payloads arrive in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, TypeVar, cast

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Store
from apps.core.errors import ConflictError
from apps.shop.models.source import SourceRow

Copy = TypeVar("Copy", bound=SourceRow)
# Each lost race means that another payload was written: five in a row is no accident.
ATTEMPTS = 5


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    STALE = "stale"


def upsert(
    model: type[Copy],
    store: Store,
    woo_id: int,
    source_modified_at: datetime | None,
    values: Mapping[str, Any],
    within: Mapping[str, Any] | None = None,
    seen_at: datetime | None = None,
) -> tuple[Copy, Outcome]:
    """Make the row say what the payload says, unless a newer one has spoken.

    `values` is the whole payload, not a part of it: any order of deliveries then ends
    in the same row. A payload as old as the row is applied, since WooCommerce's
    moments are whole seconds; one without a moment always is. `within` narrows where
    `woo_id` is unique, such as {"product": product} for pictures. `seen_at`: when the
    shop itself showed the thing, by its clock; a deletion before that is over.
    """
    clean = cleaned(model, values)
    scope = {"woo_id": woo_id, **(within or {})}
    rows = cast(
        "models.QuerySet[Copy]", model._default_manager.filter(store=store, **scope)
    )
    for _ in range(ATTEMPTS):
        row = rows.first()
        if row is None:
            row = insert(rows, store, source_modified_at, {**scope, **clean})
            if row is not None:
                return row, Outcome.CREATED
        elif is_older(source_modified_at, row):
            return row, Outcome.STALE
        elif (outcome := rewrite(row, source_modified_at, clean, seen_at)) is not None:
            return row, outcome
    raise ConflictError("The row changes faster than it can be written.")


def insert(
    rows: models.QuerySet[Copy],
    store: Store,
    source_modified_at: datetime | None,
    values: Mapping[str, Any],
) -> Copy | None:
    """The new row, or None where someone else has just inserted it."""
    row = rows.model(store=store, source_modified_at=source_modified_at, **values)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if not rows.exists():
            raise  # another constraint: the payload itself is wrong
        return None
    return row


def rewrite(
    row: Copy,
    source_modified_at: datetime | None,
    values: Mapping[str, Any],
    seen_at: datetime | None = None,
) -> Outcome | None:
    """Save what differs if the row is still as it was read; None if it is not."""
    changes = {
        name: value for name, value in values.items() if getattr(row, name) != value
    }
    if row.deleted_at and is_back(row.deleted_at, source_modified_at, seen_at):
        changes["deleted_at"] = None
    outcome = Outcome.UPDATED if changes else Outcome.UNCHANGED
    if source_modified_at and source_modified_at != row.source_modified_at:
        changes["source_modified_at"] = source_modified_at
    if not changes:
        return outcome
    changes["updated_at"] = timezone.now()
    # `updated_at` is the version: the changes were reckoned from what was read.
    as_read = type(row)._default_manager.filter(pk=row.pk, updated_at=row.updated_at)
    if source_modified_at:
        as_read = as_read.filter(
            Q(source_modified_at=None) | Q(source_modified_at__lte=source_modified_at)
        )
    if not as_read.update(**changes):
        return None
    for name, value in changes.items():
        setattr(row, name, value)
    return outcome


def is_older(source_modified_at: datetime | None, row: SourceRow) -> bool:
    return (
        source_modified_at is not None
        and row.source_modified_at is not None
        and source_modified_at < row.source_modified_at
    )


def is_back(
    deleted_at: datetime, source_modified_at: datetime | None, seen_at: datetime | None
) -> bool:
    """A payload from after the deletion, or a listing, which shows only what is."""
    if seen_at is not None:
        return seen_at >= deleted_at
    return source_modified_at is None or source_modified_at > deleted_at


def forget_moment(model: type[SourceRow], store: Store, woo_id: int) -> None:
    """Let the next payload win, whatever its moment: a shop restored from a backup says
    older things than our copy, and is right."""
    rows = model._default_manager.filter(store=store, woo_id=woo_id)
    rows.update(source_modified_at=None, updated_at=timezone.now())


def cleaned(model: type[models.Model], values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the row will hold them, so that equal ones compare equal.

    Text longer than its column is cut: WooCommerce's names know no limit, and a copy
    with a shorter name is worth more than a delivery that fails for ever.
    """
    clean = {}
    for name, value in values.items():
        field = model._meta.get_field(name)
        if isinstance(field, models.ForeignKey):
            clean[field.attname] = (
                value.pk if isinstance(value, models.Model) else value
            )
        elif isinstance(field, models.CharField) and value is not None:
            clean[name] = str(value)[: field.max_length]
        elif isinstance(field, models.DecimalField) and value is not None:
            places = Decimal(1).scaleb(-field.decimal_places)
            clean[name] = Decimal(str(value)).quantize(places, ROUND_HALF_UP)
        else:
            assert isinstance(field, models.Field)
            clean[name] = field.to_python(value)
    return clean
