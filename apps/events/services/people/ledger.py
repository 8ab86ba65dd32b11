"""What changed of who is who, and why: one entry for each customer that a visitor gained
or lost."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from apps.accounts.models import Store
from apps.events.models import IdentityChange, Sighting
from apps.events.services.people.timeline import Spell, Timeline

Kind, Reason = IdentityChange.Kind, IdentityChange.Reason


# A visitor and a customer.
Pair = tuple[str, int]


@dataclass
class Turn:
    """A visitor who is someone else now, for one moment or another, and from what that
    was worked out."""

    visitor: str
    before: Sequence[Spell]
    after: Timeline
    sightings: Sequence[Sighting]
    denied: Mapping[int, datetime]
    crowded: Collection[tuple[int, date]]
    # How many sessions and interactions went to someone else.
    moved: int = 0


def note(
    store: Store, turns: Iterable[Turn], at: datetime, by_hand: Pair | None = None
) -> None:
    """But for the pair that a person decided about: that is an entry of its own."""
    changes = []
    for turn in turns:
        for change in changes_of(turn):
            if (turn.visitor, change.customer_id) != by_hand:
                change.store, change.visitor = store, turn.visitor
                change.moved, change.made_at = facts_of(turn), at
                changes.append(change)
    IdentityChange.objects.bulk_create(changes, batch_size=500)


def facts_of(turn: Turn) -> dict[str, Any]:
    return {
        "before": [spell.customer for spell in turn.before],
        "after": [spell.customer for spell in turn.after.spells],
        "rows": turn.moved,
    }


def changes_of(turn: Turn) -> Iterator[IdentityChange]:
    before = dict.fromkeys(spell.customer for spell in turn.before)
    for customer in turn.after.customers:
        if customer not in before:
            yield linked(turn, customer)
    for customer in before:
        if customer not in turn.after.customers:
            yield IdentityChange(
                kind=Kind.PARTED, customer_id=customer, reason=reason_of(turn, customer)
            )


def linked(turn: Turn, customer: int) -> IdentityChange:
    spell = next(s for s in turn.after.spells if s.customer == customer)
    said = next(
        row
        for row in turn.sightings
        if row.customer_id == customer and row.evidence == spell.evidence
    )
    return IdentityChange(
        kind=Kind.LINKED,
        customer_id=customer,
        reason=Reason.SEEN,
        evidence=spell.evidence,
        event_id=said.event_id,
    )


def reason_of(turn: Turn, customer: int) -> str:
    if turn.after.is_shared:
        return Reason.SHARED
    if customer in turn.denied:
        return Reason.HAND
    if any(crowd == customer for crowd, _ in turn.crowded):
        return Reason.CROWDED
    return Reason.OUTWEIGHED
