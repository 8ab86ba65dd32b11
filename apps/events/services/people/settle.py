"""Work out who visitors are from what is kept, and write down what that changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from apps.accounts.models import Store
from apps.events.models import Crowd, Link, Sighting
from apps.events.services.people import ledger
from apps.events.services.people.attribute import attribute
from apps.events.services.people.crowds import denials, recount
from apps.events.services.people.exposed import follow
from apps.events.services.people.ledger import Pair, Turn
from apps.events.services.people.timeline import Seen, Spell, timeline

AT_ONCE = 1_000


def hold() -> None:
    """One at a time works on people: a roll, a sweep, a merchant who undoes. All take
    the rolls' own lock, since all write visits and what was done in them: two locks
    taken in two orders would end in a deadlock."""
    # The roll calls this package itself.
    from apps.events.services import roll

    roll.hold()


def settle(
    store: Store,
    changed: Iterable[Sighting],
    at: datetime,
    *,
    by_hand: Pair | None = None,
) -> list[Turn]:
    """After these sightings came, found their customer, or stopped to count. `by_hand`
    is what a person decided: the ledger says so already."""
    rows = [row for row in changed if row.customer_id is not None]
    days = {(row.customer_id, row.hour_at.date()) for row in rows if row.customer_id}
    names = sorted({row.visitor for row in rows} | recount(store, days))
    turns: list[Turn] = []
    for start in range(0, len(names), AT_ONCE):
        turns += settle_some(store, names[start : start + AT_ONCE])
    moved = attribute(store, [turn.visitor for turn in turns])
    for turn in turns:
        turn.moved = moved[turn.visitor]
    follow(store, turns)
    ledger.note(store, turns, at, by_hand)
    return turns


def settle_some(store: Store, visitors: Sequence[str]) -> list[Turn]:
    """Make links what the sightings say. Returned is for whom any moment belongs to
    someone else now: seen again with the same customer is no change."""
    seen, links = sightings_of(store, visitors), links_of(store, visitors)
    denied = denials(store, visitors)
    crowded = crowds_of(store, seen)
    turns: list[Turn] = []
    wider: list[Link] = []
    for visitor in visitors:
        found = timeline(as_seen(seen[visitor]), denied[visitor], crowded)
        before = as_spells(links[visitor])
        if owners(before) != owners(found.spells):
            turns.append(
                Turn(visitor, before, found, seen[visitor], denied[visitor], crowded)
            )
        elif before != list(found.spells):
            wider += widened(links[visitor], found.spells)
    Link.objects.of(store).bulk_update(
        wider, ["evidence", "first_at", "last_at"], batch_size=500
    )
    gone = [turn.visitor for turn in turns]
    Link.objects.of(store).filter(visitor__in=gone).delete()
    fresh = [link(store, turn.visitor, s) for turn in turns for s in turn.after.spells]
    Link.objects.bulk_create(fresh, batch_size=500)
    return turns


def sightings_of(store: Store, visitors: Sequence[str]) -> dict[str, list[Sighting]]:
    found: dict[str, list[Sighting]] = defaultdict(list)
    rows = Sighting.objects.of(store).filter(
        visitor__in=visitors, customer__isnull=False
    )
    for row in rows.order_by("first_at", "event_id"):
        found[row.visitor].append(row)
    return found


def links_of(store: Store, visitors: Sequence[str]) -> dict[str, list[Link]]:
    found: dict[str, list[Link]] = defaultdict(list)
    rows = Link.objects.of(store).filter(visitor__in=visitors)
    for row in rows.order_by("first_at", "customer"):
        found[row.visitor].append(row)
    return found


def crowds_of(store: Store, seen: dict[str, list[Sighting]]) -> set[tuple[int, date]]:
    customers = {row.customer_id for rows in seen.values() for row in rows}
    rows = Crowd.objects.of(store).filter(customer__in=customers)
    return set(rows.values_list("customer", "day_on"))


def as_seen(rows: Iterable[Sighting]) -> list[Seen]:
    return [
        Seen(row.customer_id, row.evidence, row.first_at, row.last_at)
        for row in rows
        if row.customer_id is not None
    ]


def as_spells(links: Iterable[Link]) -> list[Spell]:
    return [
        Spell(x.customer_id, x.evidence, x.first_at, x.last_at, x.ended_at)
        for x in links
    ]


def owners(spells: Iterable[Spell]) -> list[tuple[int, datetime | None]]:
    """Who, until when. Where the first spell begins makes no difference: what was
    before belongs to it."""
    return [(spell.customer, spell.ended_at) for spell in spells]


def widened(links: Sequence[Link], spells: Sequence[Spell]) -> Sequence[Link]:
    for row, spell in zip(links, spells, strict=True):
        row.evidence = spell.evidence
        row.first_at, row.last_at = spell.first_at, spell.last_at
    return links


def link(store: Store, visitor: str, spell: Spell) -> Link:
    return Link(
        store=store,
        visitor=visitor,
        customer_id=spell.customer,
        evidence=spell.evidence,
        first_at=spell.first_at,
        last_at=spell.last_at,
        ended_at=spell.ended_at,
    )
