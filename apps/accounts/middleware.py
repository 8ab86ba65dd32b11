"""CORS by a store's origins, limits in headers, answers kept, the admin's store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from apps.accounts.models import (
    IdempotentAnswer,
    Membership,
    Role,
    Store,
    StoreOrigin,
    User,
)
from apps.accounts.services import idempotency
from apps.accounts.services.callers import Caller
from apps.accounts.services.limits import Verdict

GetResponse = Callable[[HttpRequest], HttpResponseBase]
API = "/api/"
ALLOWED_HEADERS = (
    "Authorization, Content-Type, Idempotency-Key, LuxeBrain-Key, LuxeBrain-Store"
)
READABLE_HEADERS = (
    "X-Request-ID, Idempotent-Replayed, Retry-After, "
    "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"
)

# What the same request may not meet a moment later: too many calls, someone faster.
PASSING = {409, 429}


class Middleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response


class StoreCorsMiddleware(Middleware):
    """A page may read an answer only if the caller's store registered its origin.

    A preflight carries no key, so it is answered for any registered origin; so is a
    request that nobody was recognized for, so that the page can read why.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        origin = request.headers.get("Origin", "")
        if not request.path.startswith(API):
            return self.get_response(request)
        is_preflight = (
            request.method == "OPTIONS"
            and "Access-Control-Request-Method" in request.headers
        )
        response = (
            HttpResponse(status=204) if is_preflight else self.get_response(request)
        )
        patch_vary_headers(response, ["Origin"])
        if origin and is_registered(origin, getattr(request, "auth", None)):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = READABLE_HEADERS
            if is_preflight:
                allow_preflight(response)
        return response


def is_registered(origin: str, caller: Any) -> bool:
    """By the caller's store, or by any that is not closed while no store is known."""
    origins = StoreOrigin.objects.across_stores()
    if isinstance(caller, Caller) and caller.store is not None:
        origins = origins.of(caller.store)
    return origins.naming(origin).exists()


def allow_preflight(response: HttpResponseBase) -> None:
    response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, PATCH, DELETE"
    response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
    response.headers["Access-Control-Max-Age"] = "3600"


class RateLimitHeadersMiddleware(Middleware):
    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        verdict: Verdict | None = getattr(request, "rate_limit", None)
        if verdict:
            response.headers["RateLimit-Limit"] = str(verdict.limit)
            response.headers["RateLimit-Remaining"] = str(verdict.remaining)
            response.headers["RateLimit-Reset"] = str(verdict.reset)
        return response


class IdempotencyMiddleware(Middleware):
    """Keeps the answer to a first write, gives it again to its repeat."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if kept := getattr(response, "kept", None):
            again = HttpResponse(
                kept[0], status=response.status_code, content_type=kept[1] or None
            )
            again.headers["Idempotent-Replayed"] = "true"
            return again
        row = getattr(request, "idempotent_row", None)
        if row is not None and isinstance(response, HttpResponse):
            self.settle(row, response)
        return response

    def settle(self, row: IdempotentAnswer, response: HttpResponse) -> None:
        if response.status_code >= 500 or response.status_code in PASSING:
            idempotency.release(row)
            return
        content_type = response.headers.get("Content-Type", "")
        idempotency.keep(row, response.status_code, response.content, content_type)


class CurrentStoreMiddleware(Middleware):
    """`request.store` and `request.role` of whoever is signed in to the admin.

    The session remembers a choice; the team decides on every request. The API is left
    out: its callers carry their store, and its answers must not vary by cookie.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.store, request.role = None, None  # type: ignore[attr-defined]
        is_api = request.path.startswith(API)
        user = None if is_api else getattr(request, "user", None)
        if isinstance(user, User) and user.is_authenticated:
            store, role = store_in_session(user, request.session.get("store_id"))
            request.store, request.role = store, role  # type: ignore[attr-defined]
            if store:
                structlog.contextvars.bind_contextvars(store_id=store.pk)
        return self.get_response(request)


def store_in_session(
    user: User, chosen: int | None
) -> tuple[Store | None, Role | None]:
    """The chosen store if it is one's own, else the first one."""
    memberships = list(
        Membership.objects.filter(user=user)
        .exclude(store__status=Store.Status.CLOSED)
        .select_related("store")
        .order_by("pk")
    )
    for membership in memberships:
        if membership.store_id == chosen:
            return membership.store, Role(membership.role)
    if user.is_superuser:
        stores = Store.objects.exclude(status=Store.Status.CLOSED).order_by("pk")
        store = stores.filter(pk=chosen or 0).first() or stores.first()
        return store, Role.OWNER if store else None
    if memberships:
        return memberships[0].store, Role(memberships[0].role)
    return None, None
