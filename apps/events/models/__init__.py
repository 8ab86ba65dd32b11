from __future__ import annotations

from apps.events.models.rollups import (
    Freshness,
    Interaction,
    Metric,
    Session,
    Visitor,
    VisitorDay,
)
from apps.events.models.stream import Event, EventBatch, ReadTo
from apps.events.models.tracking import Tracking

__all__ = [
    "Event",
    "EventBatch",
    "Freshness",
    "Interaction",
    "Metric",
    "ReadTo",
    "Session",
    "Tracking",
    "Visitor",
    "VisitorDay",
]
