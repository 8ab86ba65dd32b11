"""Tell experiments who their visitors are: what somebody was shown before signing in
counts for the person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from apps.accounts.models import Store
from apps.events.models import Link
from apps.events.services.people.ledger import Turn
from apps.events.services.people.sightings import AT_ONCE
from apps.events.services.people.timeline import Spell, Timeline
from apps.experiments.services.people import Owner, identify, unknown


def follow(store: Store, turns: Iterable[Turn]) -> int:
    """These visitors are someone else now."""
    return identify(
        store,
        {
            turn.visitor: Owner(
                turn.after.customer_at, {spell.customer for spell in turn.before}
            )
            for turn in turns
        },
    )


def meet_exposed(store: Store, since: datetime) -> int:
    """Of those who were written down since then, who was known already: a page does not
    ask whom a visitor was found to be."""
    names, count = unknown(store, since), 0
    for start in range(0, len(names), AT_ONCE):
        known = timelines_of(store, names[start : start + AT_ONCE])
        owners = {name: Owner(found.customer_at) for name, found in known.items()}
        count += identify(store, owners)
    return count


def timelines_of(store: Store, visitors: list[str]) -> dict[str, Timeline]:
    spells: dict[str, list[Spell]] = {}
    rows = Link.objects.of(store).filter(visitor__in=visitors)
    for x in rows.order_by("first_at", "customer"):
        spell = Spell(x.customer_id, x.evidence, x.first_at, x.last_at, x.ended_at)
        spells.setdefault(x.visitor, []).append(spell)
    return {name: Timeline(tuple(found)) for name, found in spells.items()}
