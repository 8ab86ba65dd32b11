"""What drives a customer's value, in plain words.

Of each driver the effect is known, not which end of a number made it, so the words say
no more than that.
"""

from __future__ import annotations

from dataclasses import dataclass

from apps.segmentation.models import CustomerValue
from apps.segmentation.models.value import Band

WORDS = {
    "last order": "How long ago they last ordered",
    "frequency": "How often they order",
    "spend": "What they spend",
    "pieces of an order": "How many pieces they order at once",
    "time as a customer": "How long they have been a customer",
    "rhythm": "The rhythm of their orders",
}
# Smaller parts of the log-odds move a chance by less than two points.
TELLING = 0.08


@dataclass(frozen=True)
class Driver:
    """`effect`: a part of the log-odds of buying again, beside an average customer."""

    feature: str
    says: str
    effect: float


def drivers_for(row: CustomerValue) -> list[Driver]:
    """What makes another order likelier than an average customer's."""
    return [
        Driver(name, f"{WORDS[name]} speaks for another order.", effect)
        for name, effect in telling(row)
        if effect > 0
    ]


def risks_of(row: CustomerValue) -> list[Driver]:
    """What makes it less likely."""
    return [
        Driver(name, f"{WORDS[name]} speaks against another order.", effect)
        for name, effect in telling(row)
        if effect < 0
    ]


def telling(row: CustomerValue) -> list[tuple[str, float]]:
    """The weightiest first; those that this code knows."""
    told = [(one["feature"], one["effect"]) for one in row.drivers]
    return [
        (name, effect)
        for name, effect in told
        if name in WORDS and abs(effect) >= TELLING
    ]


def band_words(row: CustomerValue) -> str:
    return str(Band(row.band).label)
