"""A line under a price, and what it is made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from apps.accounts.models import Store
from apps.storefront.models import LineSettings

# Whoever keeps a line shows it no longer than this: the next order may make it wrong.
BELIEVED = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Line:
    """`text` in the language of whoever is answered; `facts` the numbers it rests on."""

    code: str
    text: str
    facts: dict[str, Any]
    true_until: datetime


@dataclass(frozen=True, slots=True)
class About:
    """A product that can be bought at this moment, and what the merchant set."""

    store: Store
    product: int
    at: datetime
    settings: LineSettings
    # Pieces that the product counts for all its sizes together; None: it does not.
    pool: int | None = field(default=None)

    def until(self, end: datetime | None = None) -> datetime:
        latest = self.at + BELIEVED
        return latest if end is None else min(latest, end)
