"""The log, weighed under another policy, in bounded memory.

A part of the log is weighed and only what estimates need is kept of it: chances of each
place that was shown. Clicks depend on what stands there and above (a cascade), for which
the chances that the log keeps are exactly right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np

from apps.recommendations.models import WhatIf
from apps.recommendations.services.what_if import read
from apps.recommendations.services.what_if.policy import Other, Part, arrays
from apps.recommendations.services.what_if.read import CLICK, ORDER, Filled
from ml_models.data import Floats, Ints
from ml_models.offpolicy.log import NOBODY
from ml_models.offpolicy.slates import (
    Assumption,
    SlatePolicy,
    Slates,
    ratio,
    weigh_slates,
)
from ml_models.offpolicy.weighing import Weighed, missing_weight

MOST_SHELVES = 200_000
# Chances kept, 8 bytes each; estimates take five times as many bytes for a moment.
MOST_CHANCES = 10_000_000


@dataclass
class Gathered:
    """What was kept of the log: a Weighed of each part, its weights down the shelves
    (n, k), and orders beside clicks (m,)."""

    read: int = 0
    # Shelves of which the log does not say who named each candidate.
    unknown: int = 0
    is_cut: bool = False
    # Of the oldest shelf that was weighed: where the log was cut, the days begin there.
    oldest_at: datetime | None = None
    shelves: int = 0
    places: int = 0
    width: int = 0
    parts: list[Weighed] = field(default_factory=list)
    weights: list[Floats] = field(default_factory=list)
    orders: list[Floats] = field(default_factory=list)
    people: dict[str, int] = field(default_factory=dict)

    @property
    def is_full(self) -> bool:
        return self.shelves >= MOST_SHELVES or self.places * self.width >= MOST_CHANCES

    def add(self, found: Sequence[Filled], other: Other) -> None:
        part = arrays(found)
        slates = Slates(
            shown=part.shown,
            rewards=rewards(found, part, CLICK),
            propensities=part.propensities,
            candidates=part.candidates,
            groups=self.groups(found),
        )
        chances = other.chances(found, part)
        weighed = weigh_slates(slates, SlatePolicy(chances), Assumption.CASCADE)
        self.parts.append(weighed)
        ratios = ratio(slates, chances, slates.propensities)
        self.weights.append(np.asarray(np.cumprod(ratios, axis=1), np.float64))
        self.orders.append(rewards(found, part, ORDER)[slates.is_there])
        self.shelves += len(found)
        self.oldest_at = min(one.at for one in found)
        self.places += len(weighed.weights)
        self.width = max(self.width, part.candidates.shape[1])

    def groups(self, found: Sequence[Filled]) -> Ints:
        """One person's shelves are not independent; strangers are not one person."""
        keys = [
            f"shelf:{one.pk}" if one.subject == read.NOBODY else one.subject
            for one in found
        ]
        numbers = [self.people.setdefault(key, len(self.people)) for key in keys]
        return np.array(numbers, np.int64)

    def weighed(self) -> tuple[Weighed, Weighed]:
        """By clicks, and by orders of what was clicked."""
        starts = np.cumsum([0, *(len(part) for part in self.parts)])
        shifted = [
            part.decisions + start
            for part, start in zip(self.parts, starts, strict=False)
        ]
        clicks = Weighed(
            decisions=np.concatenate(shifted),
            actions=self.all("actions"),
            rewards=self.all("rewards"),
            places=self.all("places"),
            before=self.all("before"),
            weights=self.all("weights"),
            chances=self.wide("chances", 0),
            candidates=self.wide("candidates", NOBODY),
            features=None,
            groups=self.all("groups"),
            untried=untried(self.weights),
        )
        return clicks, replace(clicks, rewards=np.concatenate(self.orders))

    def all(self, name: str) -> Any:
        return np.concatenate([getattr(part, name) for part in self.parts])

    def wide(self, name: str, empty: int) -> Any:
        """Rows of all parts under each other, each as wide as the widest."""
        first = getattr(self.parts[0], name)
        count = sum(len(getattr(part, name)) for part in self.parts)
        found = np.full((count, self.width), empty, first.dtype)
        start = 0
        for part in self.parts:
            rows = getattr(part, name)
            found[start : start + len(rows), : rows.shape[1]] = rows
            start += len(rows)
        return found


def gather(question: WhatIf, other: Other) -> Gathered:
    found = Gathered()
    for count, shelves in read.shelves(question):
        found.read += count
        if other.change.without:
            known = [one for one in shelves if one.sources]
            found.unknown += len(shelves) - len(known)
            shelves = known
        if shelves:
            found.add(shelves, other)
        if found.is_full:
            found.is_cut = True
            break
    return found


def rewards(found: Sequence[Filled], part: Part, kind: str) -> Floats:
    """(n, k): 1 for each place of which it came."""
    table = np.zeros(part.shown.shape)
    for row, shelf in enumerate(found):
        came = shelf.came.get(kind, ())
        for place, column in enumerate(shelf.columns):
            table[row, place] = shelf.products[column] in came
    return table


def untried(weights: Sequence[Floats]) -> float:
    """As weigh_slates does for one part: the place that is clearly short of weight."""
    places = max(part.shape[1] for part in weights)
    even = [
        np.pad(part, ((0, 0), (0, places - part.shape[1])), "edge") for part in weights
    ]
    return max(missing_weight(column) for column in np.concatenate(even).T)
