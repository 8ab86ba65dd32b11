"""Minutes and hours of metrics are kept for a while, as are days of free texts; other
days stay."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from apps.events.models import Metric
from apps.events.services.rolling.counting import KEPT

# One statement's share: no transaction holds the table for long.
AT_ONCE = 20_000


def prune(at: datetime) -> int:
    """How many rows went."""
    total = 0
    for (grain, kept), dimensions in by_age().items():
        old = Metric.objects.across_stores().filter(
            grain=grain, dimension__in=dimensions, starts_at__lt=at - kept
        )
        while pks := list(old.values_list("pk", flat=True)[:AT_ONCE]):
            total += Metric.objects.across_stores().filter(pk__in=pks).delete()[0]
    return total


def by_age() -> dict[tuple[str, timedelta], list[str]]:
    """Asked for together: the index knows of grains and moments alone."""
    found: dict[tuple[str, timedelta], list[str]] = defaultdict(list)
    for (grain, dimension), kept in KEPT.items():
        found[grain, kept].append(dimension)
    return found
