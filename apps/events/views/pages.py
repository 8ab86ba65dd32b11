"""What every page about visitors has: its days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date

from apps.accounts.models import Store
from apps.core.errors import InvalidInputError
from apps.events.services.analytics.span import Span, last_days, span_of

LENGTHS = {7: "7 days", 30: "30 days", 90: "90 days", 365: "12 months"}


@dataclass(frozen=True)
class Chosen:
    """The days that the page is about, and what else could be chosen."""

    span: Span
    problem: str
    periods: list[dict[str, Any]]


def chosen_days(request: HttpRequest, store: Store) -> Chosen:
    """As the address says; the usual days where it says nothing that can be."""
    now, problem = timezone.now(), ""
    try:
        first, last = day_of(request, "first"), day_of(request, "last")
        span = span_of(store, now, first, last)
    except InvalidInputError as error:
        span, problem = last_days(store, now), error.message
    quick = [(name, last_days(store, now, n)) for n, name in LENGTHS.items()]
    periods = [
        {"name": name, "span": one, "is_chosen": one == span} for name, one in quick
    ]
    return Chosen(span, problem, periods)


def day_of(request: HttpRequest, name: str) -> date | None:
    try:
        return parse_date(request.GET.get(name, ""))
    except ValueError:
        return None
