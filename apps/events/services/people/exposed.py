"""Tell experiments who their visitors are: what somebody was shown before signing in
counts for the person."""

from __future__ import annotations

from collections.abc import Iterable

from apps.accounts.models import Store
from apps.events.services.people.ledger import Turn
from apps.experiments.services.people import Owner, identify


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
