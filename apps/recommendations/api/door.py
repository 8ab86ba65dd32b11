"""A page's shelf, answered ahead of Django: a shopper waits for it.

Only what goes well is answered here. Whatever else is asked or goes wrong is Django's,
which says why: the view of the same address.
"""

from __future__ import annotations

import time
from typing import Any

import msgspec
import structlog
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import close_old_connections, connection
from django.http import QueryDict
from django.utils import timezone
from prometheus_client import Histogram
from rest_framework.exceptions import ValidationError
from structlog.contextvars import bind_contextvars, clear_contextvars

from apps.accounts.middleware import READABLE_HEADERS
from apps.accounts.models import Store
from apps.accounts.services.callers import Caller
from apps.accounts.services.limits import Verdict
from apps.accounts.services.pages import page_caller
from apps.core.client import ip_of, network_around
from apps.core.door import Answer, Meta, request_id_of
from apps.core.errors import LuxeBrainError
from apps.events.services.gate import gate
from apps.recommendations.api.asked import AskQuery
from apps.recommendations.api.recommendations import shelf_for

log = structlog.get_logger(__name__)
PATH = "/api/v1/recommendations/"
# Shared: a form keeps nothing of what it checks. Making one copies all of its fields.
FORM = AskQuery()
SECONDS = Histogram(
    "luxebrain_shelf_seconds",
    "How long pages waited for a shelf",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2),
)


def door(meta: Meta, stream: Any) -> Answer | None:
    began = time.perf_counter()
    request_id = request_id_of(meta)
    clear_contextvars()
    bind_contextvars(request_id=request_id)
    try:
        found = answer(meta, request_id) if is_secure(meta) else None
    except (LuxeBrainError, ValidationError, SuspiciousOperation):
        return None
    except Exception:
        # Django tries again and tells whoever looks after it.
        log.warning("shelves.door_broke", exc_info=True)
        return None
    finally:
        if not connection.in_atomic_block:
            close_old_connections()
    if found is not None:
        SECONDS.observe(time.perf_counter() - began)
    return found


def is_secure(meta: Meta) -> bool:
    """Django sends who comes without TLS to where it is."""
    if not settings.SECURE_SSL_REDIRECT:
        return True
    name, value = settings.SECURE_PROXY_SSL_HEADER or ("", None)
    forwarded = str(meta.get(name, "")).partition(",")[0].strip()
    return forwarded == value or meta.get("wsgi.url_scheme") == "https"


def answer(meta: Meta, request_id: str) -> Answer | None:
    query = QueryDict(meta.get("QUERY_STRING", "").encode("latin-1"))
    shown = meta.get("HTTP_LUXEBRAIN_KEY") or query.get("key", "")
    if not shown.startswith("pk_") or "HTTP_AUTHORIZATION" in meta:
        return None
    # Before it counts: what is handed on is counted there.
    said = FORM.run_validation(query)
    origin = meta.get("HTTP_ORIGIN", "")
    caller = page_caller(shown, origin)
    verdict = paced(meta, caller)
    if caller.store is None or verdict is None:
        return None
    body = shelf_for(caller, caller.store, said, timezone.now())
    headers = headers_of(origin, request_id, verdict)
    return Answer(200, msgspec.json.encode(body), headers)


def paced(meta: Meta, caller: Caller) -> Verdict | None:
    """The tightest of the limits that hold for pages. None where one is spent: of the
    rest, which hold for all shoppers, nothing is spent then."""
    store, network = caller.store, network_around(ip_of(meta))
    whose = {
        "page": network,
        "shelf_page": network,
        "key": caller.name,
        "store": str(store.pk) if isinstance(store, Store) else "",
    }
    found: list[Verdict] = []
    for scope, who in whose.items():
        verdict = gate.spend(scope, who, settings.RATE_LIMITS[scope], time.time())
        if not verdict.is_allowed:
            return None
        found.append(verdict)
    return min(found, key=lambda verdict: verdict.remaining)


def headers_of(origin: str, request_id: str, verdict: Verdict) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "Vary": "Origin",
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": READABLE_HEADERS,
        "X-Content-Type-Options": "nosniff",
        "X-Request-ID": request_id,
        "RateLimit-Limit": str(verdict.limit),
        "RateLimit-Remaining": str(verdict.remaining),
        "RateLimit-Reset": str(verdict.reset),
    }
