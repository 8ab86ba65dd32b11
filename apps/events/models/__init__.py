from __future__ import annotations

from apps.events.models.people import (
    Crowd,
    Evidence,
    IdentityChange,
    Link,
    Sighting,
)
from apps.events.models.rollups import (
    Freshness,
    Interaction,
    Metric,
    Session,
    Visitor,
    VisitorDay,
)
from apps.events.models.stream import Event, EventBatch
from apps.events.models.tracking import Tracking

__all__ = [
    "Crowd",
    "Event",
    "EventBatch",
    "Evidence",
    "Freshness",
    "IdentityChange",
    "Interaction",
    "Link",
    "Metric",
    "Session",
    "Sighting",
    "Tracking",
    "Visitor",
    "VisitorDay",
]
