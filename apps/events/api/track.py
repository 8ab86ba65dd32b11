"""POST /api/v1/events/track, the hottest address of the house.

One function answers it from a WSGI environment. In production it is called before
Django's middleware (luxebrain/wsgi.py), which would cost many times the work itself;
on Django's tree of addresses the same function stands as an ordinary view.
"""

from __future__ import annotations

import gc
import sys
import time
import zlib
from typing import Any
from urllib.parse import parse_qs

import msgspec
import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from prometheus_client import Counter

from apps.accounts.authentication import raw_path
from apps.accounts.models import StoreOrigin
from apps.accounts.services import limits
from apps.accounts.services.limits import Verdict
from apps.accounts.services.recognize import NotRecognizedError, SignedRequest
from apps.core.client import NOBODY, ip_of, network_around
from apps.core.door import Answer, Meta, request_id_of
from apps.core.errors import LuxeBrainError
from apps.events.api.callers import Headers, Known, known_page, known_server
from apps.events.api.handed_on import LONGEST, is_handed_on, visitor_of
from apps.events.services.engines import chosen
from apps.events.services.gate import gate
from apps.events.services.track import MOST_BYTES, Sender, Taken, track
from apps.events.services.writer import NotKeptError

log = structlog.get_logger(__name__)
PATH = "/api/v1/events/track"
# A page tells a few things at a time.
PACE_BYTES = 16 * 1024
ANSWERS = Counter("luxebrain_events_answers", "Answers of events/track", ["status"])


class TooLargeError(LuxeBrainError):
    code = "too_large"
    status = 413


class UnreadableError(LuxeBrainError):
    code = "unreadable"


class TooManyError(LuxeBrainError):
    code = "throttled"
    status = 429

    def __init__(self, verdict: Verdict) -> None:
        super().__init__("Too many requests. Send the same again later.")
        self.wait = verdict.reset


def answer(meta: Meta, stream: Any) -> Answer:
    headers = {"Cache-Control": "no-store", "Vary": "Origin"}
    headers["X-Request-ID"] = request_id_of(meta)
    origin = meta.get("HTTP_ORIGIN", "")
    try:
        body = read(meta, stream)
        known = recognized(meta, body)
        if origin and not known.is_trusted:
            headers["Access-Control-Allow-Origin"] = origin
        check("track_store", str(known.store.pk))
        plain = unpacked(meta, body)
        taken = track(sender_of(known, meta, plain), plain, timezone.now())
        return said(taken, headers)
    except DatabaseError:
        # Nobody could be asked who this is: later again.
        return refused(NotKeptError("The database does not answer."), headers)
    except LuxeBrainError as error:
        if error.status == 401 and is_registered(origin):
            headers["Access-Control-Allow-Origin"] = origin
        return refused(error, headers)
    finally:
        # A thread that keeps one between requests takes it from the others.
        if not connection.in_atomic_block:
            connection.close()


def read(meta: Meta, stream: Any) -> bytes:
    """By the announced length first, so that nothing huge is read at all."""
    length = meta.get("CONTENT_LENGTH") or ""
    if length and not length.isdecimal():
        raise UnreadableError("Content-Length is no number.")
    # Python reads no number of thousands of digits.
    if len(length) > 12 or (length and int(length) > MOST_BYTES):
        raise TooLargeError("The body is too large.")
    try:
        body: bytes = stream.read(int(length) if length else MOST_BYTES + 1)
    except OSError as error:
        raise UnreadableError("The body broke off.") from error
    if len(body) > MOST_BYTES:
        raise TooLargeError("The body is too large.")
    if length and len(body) < int(length):
        raise UnreadableError("The body broke off.")
    return body


def unpacked(meta: Meta, body: bytes) -> bytes:
    """A few bytes of gzip may stand for gigabytes: no more is unpacked than may be."""
    coding = meta.get("HTTP_CONTENT_ENCODING", "").lower()
    if coding in ("", "identity"):
        return body
    if coding != "gzip":
        raise UnreadableError("Only gzip is understood as Content-Encoding.")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, MOST_BYTES + 1)
    except zlib.error as error:
        raise UnreadableError("The body is not gzip.") from error
    if len(plain) > MOST_BYTES:
        raise TooLargeError("The body is too large, unpacked.")
    if not unpacker.eof:
        raise UnreadableError("The body broke off.")
    if unpacker.unused_data:
        raise UnreadableError("The body goes on behind its end.")
    return plain


def recognized(meta: Meta, body: bytes) -> Known:
    shown = meta.get("HTTP_LUXEBRAIN_KEY", "") or key_in_query(meta)
    if not shown.startswith("sk_"):
        # Before anybody is asked who this is.
        check("track_page", network_around(ip_of(meta)), cost_of(body))
    try:
        if shown.startswith("sk_"):
            request = SignedRequest("POST", raw_path(meta), body, Headers(meta))
            return known_server(shown, request, timezone.now())
        if shown.startswith("pk_"):
            return known_page(shown, meta.get("HTTP_ORIGIN", ""))
        raise NotRecognizedError("Show a key.")
    except NotRecognizedError:
        # Guessing keys counts against the address, as everywhere.
        network = network_around(ip_of(meta))
        rate = settings.RATE_LIMITS["ip"]
        verdict = limits.spend("ip", network, rate, time.time())
        if not verdict.is_allowed:
            raise TooManyError(verdict) from None
        raise


def key_in_query(meta: Meta) -> str:
    query: str = meta.get("QUERY_STRING", "")
    if query.startswith("key=pk_") and query[4:].isidentifier():
        return query[4:]
    return parse_qs(query).get("key", [""])[0]


def check(scope: str, who: str, cost: int = 1) -> None:
    rate = settings.RATE_LIMITS[scope]
    verdict = gate.spend(scope, who, rate, time.time(), cost)
    if not verdict.is_allowed:
        raise TooManyError(verdict)


def sender_of(known: Known, meta: Meta, body: bytes) -> Sender:
    is_trusted = known.is_trusted
    browser, ip = meta.get("HTTP_USER_AGENT", ""), ip_of(meta)
    if is_trusted and is_handed_on(meta):
        visitor = visitor_of(body)
        is_trusted, ip = False, visitor.ip
        browser = visitor.visitor_browser[:LONGEST]
        # Of this shop alone: behind its proxies many shops see the same addresses.
        who = f"{known.store.pk} {network_around(ip or NOBODY)}"
        check("track_page", who, cost_of(body))
    return Sender(
        store=known.store,
        mask=known.mask,
        is_trusted=is_trusted,
        keeps_whole_ip=known.keeps_whole_ip,
        browser=printable(browser),
        ip=ip,
    )


def cost_of(body: bytes) -> int:
    """Large bodies count for several."""
    return 1 + len(body) // PACE_BYTES


def printable(text: str) -> str:
    """Headers come as Latin-1, and may hold what no database takes as text."""
    return text if text.isprintable() else "".join(filter(str.isprintable, text))


def said(taken: Taken, headers: dict[str, str]) -> Answer:
    found: dict[str, Any] = {
        "accepted": taken.accepted,
        "rejected": taken.rejected,
        "now": round(time.time() * 1000),
    }
    if taken.warnings:
        found["warnings"] = taken.warnings
    headers["Content-Type"] = "application/json"
    status = 200 if taken.accepted else 400
    return Answer(status, msgspec.json.encode(found), headers)


def refused(error: LuxeBrainError, headers: dict[str, str]) -> Answer:
    found = {
        "type": f"urn:luxebrain:{error.code}",
        "title": error.message,
        "status": error.status,
        "request_id": headers["X-Request-ID"],
    }
    headers["Content-Type"] = "application/problem+json"
    if error.status in (429, 503):
        headers["Retry-After"] = str(getattr(error, "wait", 1))
    if error.status == 401:
        headers["WWW-Authenticate"] = "LuxeBrain-Signature"
    return Answer(error.status, msgspec.json.encode(found), headers)


def is_registered(origin: str) -> bool:
    """By any store: so that a page can read why it was refused."""
    try:
        return bool(origin) and (
            StoreOrigin.objects.across_stores().naming(origin).exists()
        )
    except DatabaseError:
        return False


@csrf_exempt
@require_POST
def view(request: HttpRequest) -> HttpResponse:
    found = answer(request.META, request)
    ANSWERS.labels(found.status).inc()
    return HttpResponse(found.body, status=found.status, headers=found.headers)


def prepare() -> None:
    """Before the first request of a web process."""
    chosen.writer().start()
    # Events come and go by the thousand: looking for cycles among them, and among all
    # that was loaded before, is work for nothing.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    # Who waited for the database waits for Python again after it, for 5 ms each time
    # where another thread may keep it so long.
    sys.setswitchinterval(0.0005)


def door(meta: Meta, stream: Any) -> Answer:
    """The same ahead of Django, whatever happens."""
    try:
        found = answer(meta, stream)
    except Exception:
        log.exception("events.broke")
        body = b'{"type":"urn:luxebrain:error","title":"Our fault.","status":500}'
        found = Answer(500, body, {"Content-Type": "application/problem+json"})
    ANSWERS.labels(found.status).inc()
    return found
