"""From candidates to places: what the merchant pinned, then the best, varied, now and then
one by chance.

Place by place: the best by value less likeness to what stands already (MMR, Carbonell
and Goldstein 1998), or with the share of exploration any candidate that is left. So the
chance of each product at its place, given those before, is known exactly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from apps.recommendations.services.answering.ask import Candidate, Card, Chance, Place
from apps.recommendations.services.answering.cards import Tree

BY_CATEGORY, BY_BRAND, BY_COLOR = 0.5, 0.3, 0.2


class Runner(NamedTuple):
    """A candidate that no rule is against; `value` after what moves it back."""

    card: Card
    candidate: Candidate
    value: float


@dataclass
class Caps:
    """At most so many of one brand, or of one category, on a shelf. A product counts for
    the lowest of its categories; `around`: the page's own, and those above it, of which
    the whole shelf is."""

    brand: int | None
    category: int | None
    tree: Tree
    around: frozenset[int] = frozenset()
    counted: Counter[str | int] = field(default_factory=Counter)

    def count(self, card: Card) -> None:
        self.counted.update(self.groups(card))

    def are_full(self, card: Card) -> bool:
        return any(
            self.counted[group] >= (self.limit(group) or 0)
            for group in self.groups(card)
        )

    def groups(self, card: Card) -> list[str | int]:
        found: list[str | int] = []
        if self.brand is not None and card.brand:
            found.append(card.brand.casefold())
        if self.category is not None:
            found += self.lowest(card)
        return found

    def limit(self, group: str | int) -> int | None:
        return self.brand if isinstance(group, str) else self.category

    def lowest(self, card: Card) -> list[int]:
        above = {
            one for held in card.categories for one in self.tree.above(held)[1:]
        } | self.around
        return [held for held in card.categories if held not in above]


def fill(
    runners: Sequence[Runner], limit: int, variety: float, share: float, chance: Chance,
    pinned: Sequence[Runner] = (), caps: Caps | None = None,
) -> list[Place]:  # fmt: skip
    places = stand_first(pinned, limit, caps)
    left = sorted(runners, key=lambda one: (-one.value, one.card.product))
    closest = [nearest(one, places) if variety else 0.0 for one in left]
    while len(places) < limit:
        if caps:
            still = [n for n, one in enumerate(left) if not caps.are_full(one.card)]
            left, closest = [left[n] for n in still], [closest[n] for n in still]
        if not left:
            break
        worth = [
            (1 - variety) * one.value - variety * near
            for one, near in zip(left, closest, strict=True)
        ]
        best = worth.index(max(worth))
        is_explored = share > 0 and len(left) > 1 and chance.random() < share
        index = chance.randrange(len(left)) if is_explored else best
        propensity = share / len(left) + (1 - share if index == best else 0.0)
        chosen = left.pop(index)
        closest.pop(index)
        if variety:
            card = chosen.card
            closest = [
                near if near == 1.0 else max(near, likeness(one.card, card))
                for one, near in zip(left, closest, strict=True)
            ]
        places.append(
            Place(chosen.card, chosen.candidate, min(1.0, propensity), is_explored)
        )
        if caps:
            caps.count(chosen.card)
    return places


def stand_first(pinned: Sequence[Runner], limit: int, caps: Caps | None) -> list[Place]:
    """No chance has a part in it."""
    places: list[Place] = []
    for one in pinned[:limit]:
        if caps and caps.are_full(one.card):
            continue
        places.append(Place(one.card, one.candidate, 1.0, False))
        if caps:
            caps.count(one.card)
    return places


def nearest(one: Runner, places: Sequence[Place]) -> float:
    return max((likeness(one.card, place.card) for place in places), default=0.0)


def likeness(one: Card, other: Card) -> float:
    """0: nothing in common; 1: same category, brand and color."""
    found = 0.0 if one.categories.isdisjoint(other.categories) else BY_CATEGORY
    if one.brand and one.brand == other.brand:
        found += BY_BRAND
    if not one.colors.isdisjoint(other.colors):
        found += BY_COLOR
    return found
