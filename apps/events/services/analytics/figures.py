"""Sums out of the metrics: over time, and by what they are about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from apps.events.models import Metric
from apps.events.models.rollups import UNIT
from apps.events.services.analytics.span import Span

# Whose amount is not money but time.
TIMES = frozenset({"sessions", "page_leave"})
# Points of a curve: more than anybody sees.
MOST_POINTS = 5_000
MOST_KEYS = 1_000


@dataclass(frozen=True)
class Point:
    starts_at: datetime
    name: str
    count: int
    amount: Decimal


@dataclass(frozen=True)
class Share:
    """`amount` in the store's currency, or in seconds."""

    key: str
    count: int
    amount: Decimal


def rows_of(span: Span, grain: str, dimension: str, names: list[str]) -> Any:
    return Metric.objects.of(span.store).filter(
        grain=grain,
        dimension=dimension,
        name__in=names,
        starts_at__gte=span.start,
        starts_at__lt=span.end,
    )


def curve(span: Span, names: list[str], grain: str = Metric.Grain.DAY) -> list[Point]:
    """The latest points, in time's order; a moment without anything has none."""
    rows = rows_of(span, grain, "", names).order_by("-starts_at", "-name")
    found = rows.values_list("starts_at", "name", "count", "amount")[:MOST_POINTS]
    return [
        Point(at, name, count, Decimal(amount) / UNIT)
        for at, name, count, amount in reversed(found)
    ]


def totals(span: Span, names: list[str]) -> dict[str, Share]:
    rows = rows_of(span, Metric.Grain.DAY, "", names).order_by().values("name")
    summed = rows.annotate(n=Sum("count"), worth=Sum("amount"))
    found = {row["name"]: row for row in summed}
    return {
        name: Share(
            name,
            found.get(name, {}).get("n", 0),
            Decimal(found.get(name, {}).get("worth", 0)) / UNIT,
        )
        for name in names
    }


def shares(span: Span, name: str, dimension: str, most: int = 100) -> list[Share]:
    """The largest first."""
    rows = rows_of(span, Metric.Grain.DAY, dimension, [name]).order_by().values("key")
    summed = rows.annotate(n=Sum("count"), worth=Sum("amount")).exclude(n=0)
    return [
        Share(row["key"], row["n"], Decimal(row["worth"]) / UNIT)
        for row in summed.order_by("-n", "key")[: min(most, MOST_KEYS)]
    ]


def by_key(
    span: Span, names: list[str], dimension: str, keys: list[str]
) -> dict[str, dict[str, int]]:
    """Counts of several names for these keys."""
    rows = rows_of(span, Metric.Grain.DAY, dimension, names).filter(key__in=keys)
    summed = rows.order_by().values("key", "name").annotate(n=Sum("count"))
    found: dict[str, dict[str, int]] = {key: dict.fromkeys(names, 0) for key in keys}
    for row in summed:
        found[row["key"]][row["name"]] = row["n"]
    return found
