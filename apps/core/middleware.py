"""What every request gets: an id, one log line, a size limit and safe headers."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from apps.core.client import client_ip, current_ip
from apps.core.rest import problem_page

log = structlog.get_logger("luxebrain.request")
GetResponse = Callable[[HttpRequest], HttpResponseBase]
REQUEST_ID = re.compile(r"^[A-Za-z0-9_-]{8,64}$")
QUIET = {"/healthz", "/readyz", "/metrics"}

PICTURES = "img-src 'self' data: blob:"
STRICT = (
    f"default-src 'self'; {PICTURES}; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
# The admin's theme runs Alpine, which evaluates expressions in attributes, and sets its
# colors in a style element. No script stands in its pages.
ADMIN = f"{STRICT}; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'"


class RequestIdMiddleware:
    """Names the request in the logs, in problems and in the answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID.match(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        current_ip.set(client_ip(request))
        started = time.perf_counter()
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request_id
        if request.path not in QUIET:
            log.info(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
            )
        return response


class BodyLimitMiddleware:
    """Refuses a huge body by its announced length, before a byte of it is read."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith("/api/") and too_large(request):
            return problem_page(request, 413, "too_large", "The body is too large.")
        return self.get_response(request)


def too_large(request: HttpRequest) -> bool:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return length.isdigit() and int(length) > settings.API_BODY_LIMIT


class SecurityHeadersMiddleware:
    """Content-Security-Policy and what Django's own middleware leaves out."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_admin = request.path.startswith("/admin/")
        policy = with_shop_pictures(ADMIN) if is_admin else STRICT
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()"
        )
        if request.path.startswith("/api/") and isinstance(response, HttpResponse):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def with_shop_pictures(policy: str) -> str:
    """Products show the pictures of the merchant's shop, which lie at the shop or at
    its image host: at addresses that nobody can list beforehand.

    By http only where this site is not https either, as on one's own computer:
    elsewhere everybody on the way would see what the merchant looks at.
    """
    schemes = "https:" if settings.IS_HTTPS else "https: http:"
    return policy.replace(PICTURES, f"{PICTURES} {schemes}")
