"""Conditions as parsed: what is in here is known to make sense."""

from __future__ import annotations

from dataclasses import dataclass

from apps.segmentation.services.conditions.deeds import Deed, Goods
from apps.segmentation.services.conditions.field import Field

ANY = Goods()
Value = float | str | tuple[float, float] | tuple[str, ...] | None


@dataclass(frozen=True)
class All:
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Some:
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    part: Node


@dataclass(frozen=True)
class Compare:
    """`how` is none of those that say "not": these are a Not around the other."""

    field: Field
    how: str
    value: Value = None


@dataclass(frozen=True)
class Did:
    """At least so often; `days` before the moment asked about, None: ever."""

    deed: Deed
    times: int = 1
    days: int | None = None
    goods: Goods = ANY


Node = All | Some | Not | Compare | Did
