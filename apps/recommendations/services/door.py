"""What doors for pages have in common (docs/decisions/0018): how long they took, which
limits they keep, which headers they send.

Only what goes well is answered at a door. Whatever else is asked or goes wrong is Django's,
which says why: the view of the same address.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import close_old_connections, connection
from prometheus_client import Histogram
from structlog.contextvars import bind_contextvars, clear_contextvars

from apps.accounts.middleware import READABLE_HEADERS
from apps.accounts.models import Store
from apps.accounts.services.callers import Caller
from apps.accounts.services.limits import Verdict
from apps.core.client import ip_of, network_around
from apps.core.door import Answer, Meta, request_id_of
from apps.core.errors import LuxeBrainError
from apps.events.services.gate import gate

log = structlog.get_logger(__name__)
SECONDS = Histogram(
    "luxebrain_shelf_seconds",
    "How long pages waited for a shelf",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2),
)


def open_to(meta: Meta, answer: Callable[[Meta, str], Answer | None]) -> Answer | None:
    """What `answer` says to this request and its id, if anything."""
    began = time.perf_counter()
    request_id = request_id_of(meta)
    clear_contextvars()
    bind_contextvars(request_id=request_id)
    try:
        found = answer(meta, request_id) if is_secure(meta) else None
    except (LuxeBrainError, SuspiciousOperation):
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
