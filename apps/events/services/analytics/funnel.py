"""From a visit to an order: how many came how far. A visit counts on the day on which it
began."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from apps.events.services.analytics import figures
from apps.events.services.analytics.span import Span

STEPS = {
    "sessions": "Visits",
    "sessions_viewed": "Looked at a product",
    "sessions_carted": "Put something into the cart",
    "sessions_checkout": "Began to check out",
    "sessions_ordered": "Ordered",
}
DIMENSIONS = ("channel", "device", "country", "campaign", "landing")
MOST_ROWS = 25


@dataclass(frozen=True)
class Step:
    name: str
    label: str
    sessions: int
    # Of the step before, and of all visits.
    share_of_last: float
    share_of_all: float


@dataclass(frozen=True)
class Part:
    """The same steps of the visits of one channel, device or country."""

    key: str
    steps: list[Step]


@dataclass(frozen=True)
class Funnel:
    steps: list[Step]
    revenue: Decimal
    bounced: int
    parts: list[Part]


def funnel(span: Span, dimension: str = "") -> Funnel:
    names = [*STEPS, "sessions_bounced"]
    found = figures.totals(span, names)
    return Funnel(
        steps_of({name: found[name].count for name in STEPS}),
        found["sessions_ordered"].amount,
        found["sessions_bounced"].count,
        parts(span, dimension) if dimension else [],
    )


def parts(span: Span, dimension: str) -> list[Part]:
    keys = [one.key for one in figures.shares(span, "sessions", dimension, MOST_ROWS)]
    counts = figures.by_key(span, list(STEPS), dimension, keys)
    return [Part(key, steps_of(counts[key])) for key in keys]


def steps_of(counts: dict[str, int]) -> list[Step]:
    found: list[Step] = []
    everyone = counts["sessions"]
    for name, label in STEPS.items():
        last = found[-1].sessions if found else everyone
        mine = counts[name]
        found.append(Step(name, label, mine, ratio(mine, last), ratio(mine, everyone)))
    return found


def ratio(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
