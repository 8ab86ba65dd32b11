"""How often shelves of a kind were clicked, by day: what the watch compares with."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from apps.accounts.models import Store
from apps.decisions.services import rates
from apps.recommendations.services.answer import DECISION
from apps.recommendations.services.answering.tested import HELD_OUT
from apps.registry.services.brain import Trials


def trials(store: Store, shelf: str, since: datetime, until: datetime) -> list[Trials]:
    """Of each day: answers that showed anything to anybody, and those that were clicked."""
    filled = Q(chosen__kind=shelf, candidate_count__gt=0) & ~Q(arm=HELD_OUT)
    return rates.by_day(store, DECISION, since, until, where=filled)
