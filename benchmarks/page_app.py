"""The web's application with one more view, an empty one, so that both are measured in the
same process: `granian --interface wsgi benchmarks.page_app:application`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver, path

from luxebrain.wsgi import application as application


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


get_resolver().url_patterns.insert(0, path("empty/", empty))
