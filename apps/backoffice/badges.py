"""Small numbers beside the menu's entries."""

from __future__ import annotations

from django.http import HttpRequest

from apps.decisions.models import Suggestion
from apps.sync.models import Notice


def waiting_suggestions(request: HttpRequest) -> int:
    store = getattr(request, "store", None)
    return Suggestion.objects.of(store).waiting().count() if store else 0


def open_notices(request: HttpRequest) -> int:
    store = getattr(request, "store", None)
    return Notice.objects.of(store).filter(closed_at=None).count() if store else 0
