"""What tests and holdouts mean for a shelf.

A variant says it in these words; what cannot be understood changes nothing:
{"show": false} no shelf · {"kind": "trending"} another kind of it · {"variety": 0.5} ·
{"exploration_share": 0.1} · {"version": 7} what this version of a model published.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from apps.accounts.models import Store
from apps.experiments.services.assign import Part, Sight, Who, part_of
from apps.recommendations.models import Kind, ShelfSettings
from apps.recommendations.services.answering.ask import Ask

SHELF = "shelf"
# The arm of a decision that nobody was to see.
HELD_OUT = "held_out"
# Their order is that of time, and stays so.
IN_TIME = (Kind.NEW, Kind.RECENT)
ASKED_FOR = frozenset(Kind.values) - {Kind.CONTENT}


@dataclass(frozen=True, slots=True)
class Dials:
    """`version`: whose lists are read in place of the champion's."""

    variety: float
    exploration: float
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Meant:
    ask: Ask
    dials: Dials
    part: Part

    @property
    def is_shown(self) -> bool:
        return not self.part.is_held_out and self.part.config.get("show") is not False


def meant_for(
    store: Store, ask: Ask, settings: ShelfSettings, sight: Sight | None = None
) -> Meant:
    part = part_of(store, place_of(ask), Who(ask.visitor, ask.customer), sight)
    kind = part.config.get("kind")
    if isinstance(kind, str) and kind in ASKED_FOR:
        ask = replace(ask, kind=kind, kinds=())
    return Meant(ask, dials_of(ask, settings, part.config), part)


def place_of(ask: Ask) -> str:
    return f"{SHELF}:{ask.placement.lower() or ask.kind}"


def dials_of(
    ask: Ask, settings: ShelfSettings, config: Mapping[str, Any] | None = None
) -> Dials:
    """Variety and the share of exploration; none where the order says something."""
    said = config or {}
    version = said.get("version")
    version = version if isinstance(version, int) else None
    if ask.kind in IN_TIME:
        return Dials(0.0, 0.0, version)
    return Dials(
        share(said.get("variety"), settings.variety, 1.0),
        share(said.get("exploration_share"), settings.exploration_share, 0.5),
        version,
    )


def share(said: Any, otherwise: float, most: float) -> float:
    if isinstance(said, bool) or not isinstance(said, int | float):
        return otherwise
    return float(said) if 0 <= said <= most else otherwise
