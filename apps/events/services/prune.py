"""Minutes and hours of metrics are kept for a while; days stay."""

from __future__ import annotations

from datetime import datetime

from apps.events.models import Metric
from apps.events.services.rolling.counting import KEPT

# One statement's share: no transaction holds the table for long.
AT_ONCE = 20_000


def prune(at: datetime) -> int:
    """How many rows went."""
    total = 0
    for (grain, dimension), kept in KEPT.items():
        old = Metric.objects.across_stores().filter(
            grain=grain, dimension=dimension, starts_at__lt=at - kept
        )
        while pks := list(old.values_list("pk", flat=True)[:AT_ONCE]):
            total += Metric.objects.across_stores().filter(pk__in=pks).delete()[0]
    return total
