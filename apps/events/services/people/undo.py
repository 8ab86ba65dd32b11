"""Take a change of who is who back, exactly: links become what they would be had its
sightings never been made. docs/identity.md says what that means."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from apps.accounts.models import Store, User
from apps.core.errors import ConflictError
from apps.events.models import Freshness, IdentityChange, Sighting
from apps.events.services.people.ledger import facts_of
from apps.events.services.people.settle import hold, settle

Kind, Reason = IdentityChange.Kind, IdentityChange.Reason


def undo(change: IdentityChange, actor: User | None, at: datetime) -> IdentityChange:
    """Of a link, or of an undoing: then the link counts again. The entry that says so."""
    store = change.store
    if change.kind == Kind.PARTED:
        raise ConflictError("This followed from another change. Undo that one.")
    with transaction.atomic():
        hold()
        standing = IdentityChange.objects.of(store).filter(reverted_at=None)
        if not standing.filter(pk=change.pk).exists():
            raise ConflictError("This change has been undone already.")
        entry = IdentityChange.objects.create(
            store=store,
            kind=Kind.UNDONE,
            visitor=change.visitor,
            customer_id=change.customer_id,
            reason=Reason.HAND,
            undoes=change,
            actor=actor,
            made_at=at,
        )
        weigh(change)
        pair = (change.visitor, change.customer_id)
        turns = settle(store, touched_by(store, change), at, by_hand=pair)
        entry.moved = next(
            (facts_of(turn) for turn in turns if turn.visitor == change.visitor), {}
        )
        entry.save(update_fields=["moved"])
        Freshness.objects.of(store).touch(at)
    return entry


def weigh(change: IdentityChange) -> None:
    """A change does not count as of the last standing entry that undoes it; whether it
    counts may decide whether the one counts that it undoes itself."""
    rows = IdentityChange.objects.of(change.store)
    undoing = rows.filter(undoes=change, reverted_at=None)
    change.reverted_at = undoing.aggregate(at=Max("made_at"))["at"]
    rows.filter(pk=change.pk).update(reverted_at=change.reverted_at)
    if change.undoes is not None:
        weigh(change.undoes)


def touched_by(store: Store, change: IdentityChange) -> list[Sighting]:
    rows = Sighting.objects.of(store).filter(
        visitor=change.visitor, customer=change.customer_id
    )
    return list(rows)
