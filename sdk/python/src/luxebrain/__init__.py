"""Tells LuxeBrain what happened in a shop. See README.md; the protocol is docs/events.md."""

from __future__ import annotations

from .buffer import Counts
from .client import LuxeBrain, Settings
from .errors import (
    ClosedError,
    DeliveryError,
    InvalidEventError,
    LuxeBrainError,
    QueueFullError,
)
from .sending import Rejection

__version__ = "1.0.0"
__all__ = [
    "ClosedError",
    "Counts",
    "DeliveryError",
    "InvalidEventError",
    "LuxeBrain",
    "LuxeBrainError",
    "QueueFullError",
    "Rejection",
    "Settings",
]
