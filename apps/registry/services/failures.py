"""Why a training broke off, for people."""

from __future__ import annotations

from django.conf import settings

from apps.core.errors import LuxeBrainError


def why(error: BaseException, step: str) -> str:
    """An unforeseen error's own words may quote anybody's data."""
    if isinstance(error, LuxeBrainError):
        return error.message
    if isinstance(error, MemoryError):
        return "The machine has too little memory for it."
    if isinstance(error, KeyboardInterrupt):
        return "It was stopped."
    name = type(error).__name__
    return f"Something broke at the step “{step}” ({name}); the worker's log says more."


def too_long(step: str) -> str:
    minutes = settings.TRAINING_SECONDS // 60
    return f"It took longer than {minutes} minutes and was stopped at “{step}”."
