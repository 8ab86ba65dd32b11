"""From candidates to places: the best, varied, now and then one by chance.

Place by place: the best by value less likeness to what stands already (MMR, Carbonell
and Goldstein 1998), or with the share of exploration any candidate that is left. So the
chance of each product at its place, given those before, is known exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.recommendations.services.answering.ask import Candidate, Card, Chance, Place

BY_CATEGORY, BY_BRAND, BY_COLOR = 0.5, 0.3, 0.2


@dataclass(frozen=True, slots=True)
class Runner:
    """A candidate that no rule is against; `value` after what moves it back."""

    card: Card
    candidate: Candidate
    value: float


def fill(
    runners: Sequence[Runner], limit: int, variety: float, share: float, chance: Chance
) -> list[Place]:
    left = sorted(runners, key=lambda one: (-one.value, one.card.product))
    closest = [0.0] * len(left)
    places: list[Place] = []
    while left and len(places) < limit:
        worth = [
            (1 - variety) * one.value - variety * near
            for one, near in zip(left, closest, strict=True)
        ]
        best = max(range(len(left)), key=worth.__getitem__)
        is_explored = share > 0 and len(left) > 1 and chance.random() < share
        index = chance.randrange(len(left)) if is_explored else best
        by_chance = share / len(left)
        propensity = by_chance + (1 - share if index == best else 0.0)
        chosen = left.pop(index)
        closest.pop(index)
        if variety:
            closest = [
                max(near, likeness(one.card, chosen.card))
                for one, near in zip(left, closest, strict=True)
            ]
        places.append(
            Place(chosen.card, chosen.candidate, min(1.0, propensity), is_explored)
        )
    return places


def likeness(one: Card, other: Card) -> float:
    """0: nothing in common; 1: same category, brand and color."""
    found = BY_CATEGORY if one.categories & other.categories else 0.0
    if one.brand and one.brand == other.brand:
        found += BY_BRAND
    if (one.colors & other.colors) - {""}:
        found += BY_COLOR
    return found
