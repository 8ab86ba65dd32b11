"""Apart from the brains' contract, so that pages can count without numpy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Trials:
    """How often something was tried on a day, and how often it worked."""

    day: date
    tries: int
    hits: int
