"""What can go wrong, by name."""

from __future__ import annotations


class LuxeBrainError(Exception):
    """The base of all of them."""


class InvalidEventError(LuxeBrainError, ValueError):
    """The event cannot be sent as it is: no JSON, too large, a moment without a zone."""


class QueueFullError(LuxeBrainError):
    """The event was NOT taken: there was no room, and none came in time."""


class ClosedError(LuxeBrainError):
    """The event was NOT taken: this client was closed."""


class DeliveryError(LuxeBrainError):
    """Why events were given up; `status` is None where no answer came."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status
