"""What every page about visitors has: who may see it, and its days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_date

from apps.accounts.models import Store
from apps.core.errors import InvalidInputError
from apps.core.merchant_admin import ANALYST, reaches
from apps.events.services.analytics.span import Span, last_days, span_of

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Store, Rest], HttpResponseBase]
LENGTHS = {7: "7 days", 30: "30 days", 90: "90 days", 365: "12 months"}


def for_analysts(
    view: View[Rest],
) -> Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]:
    """In the chosen store; whoever has none goes to where one is chosen."""

    @wraps(view)
    def look(
        request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs
    ) -> HttpResponseBase:
        store: Store | None = getattr(request, "store", None)
        if store is None:
            return redirect("admin:index")
        if not reaches(request, ANALYST):
            raise PermissionDenied
        return view(request, store, *args, **kwargs)

    return look


def show(
    request: HttpRequest, template: str, title: str, **context: Any
) -> HttpResponse:
    page = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/events/{template}.html", page)


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
