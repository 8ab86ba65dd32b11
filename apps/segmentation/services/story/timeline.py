"""All that happened to a customer, newest first, a page at a time.

Each source is asked once for as many rows as a page has, and one more; what is merged
here is therefore never more than a few hundred, however long the story.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apps.segmentation.services.story import belonged, bought, shown, visited
from apps.segmentation.services.story.entry import Entry, Mark, Person

SHOWN = 30
SOURCES: Sequence[Callable[[Person, Mark | None, int], list[Entry]]] = (
    bought.orders,
    bought.refunds,
    visited.visits,
    visited.consents,
    belonged.entered,
    belonged.left,
    belonged.merges,
    shown.decisions,
)


@dataclass(frozen=True)
class Page:
    """`older`: from where to go on; None at the beginning of the story."""

    entries: Sequence[Entry]
    older: Mark | None


def timeline(person: Person, before: Mark | None, limit: int = SHOWN) -> Page:
    found = [one for ask in SOURCES for one in ask(person, before, limit + 1)]
    found.sort(key=lambda one: one.mark, reverse=True)
    entries = found[:limit]
    older = entries[-1].mark if len(found) > limit else None
    return Page(shown.with_outcomes(person.store, entries), older)
