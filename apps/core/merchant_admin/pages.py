"""Pages of the admin that are about no table: who may see them, and their frame."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from apps.core.merchant_admin.roles import ANALYST, reaches

Rest = ParamSpec("Rest")
# Core knows no store by name: what the middleware chose is handed on.
View = Callable[Concatenate[HttpRequest, Any, Rest], HttpResponseBase]


def for_analysts(
    view: View[Rest],
) -> Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]:
    """In the chosen store; whoever has none goes to where one is chosen."""

    @wraps(view)
    def look(
        request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs
    ) -> HttpResponseBase:
        store = getattr(request, "store", None)
        if store is None:
            return redirect("admin:index")
        if not reaches(request, ANALYST):
            raise PermissionDenied
        return view(request, store, *args, **kwargs)

    return look


def show(
    request: HttpRequest, template: str, title: str, **context: Any
) -> HttpResponse:
    """`template` lies under templates/admin: events/visitors."""
    page = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/{template}.html", page)


def download(
    lines: Iterable[bytes], name: str, content_type: str = "text/csv"
) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        lines,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
