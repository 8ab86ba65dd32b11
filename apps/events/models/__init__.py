from __future__ import annotations

from apps.events.models.stream import Event, EventBatch, ReadTo
from apps.events.models.tracking import Tracking

__all__ = ["Event", "EventBatch", "ReadTo", "Tracking"]
