"""Errors of ours that nobody foresaw, met while a shop's data was read."""

from __future__ import annotations

import traceback

from django.db import DataError, IntegrityError, InterfaceError, OperationalError

# The database itself has trouble: nothing can be noted, and another worker will try.
DATABASE_GONE = (OperationalError, InterfaceError)
# What one thing brings upon itself: values that no column of ours takes.
UNFIT = (DataError, IntegrityError, ValueError, TypeError, ArithmeticError)


def where(error: BaseException) -> str:
    """Its name and place for the log, without its words: those quote customers' data."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
