"""The live page, and the stream that keeps it so (Server-Sent Events)."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator

from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone

from apps.accounts.models import Store
from apps.core.merchant_admin.pages import for_analysts, show
from apps.core.merchant_admin.show import money
from apps.events.services.live import snapshot

# Each open stream takes one of a process's few threads: so many at most, not for long.
# Whoever finds no seat is told once, and asks again later.
SEATS = threading.BoundedSemaphore(2)
SECONDS = 24
PAUSE = 2.0
RETRY, RETRY_LATER = 1_000, 10_000


@for_analysts
def page(request: HttpRequest, store: Store) -> HttpResponse:
    found = snapshot(store, timezone.now())
    most = max((step["sessions"] for step in found["funnel"]), default=0)
    return show(
        request,
        "events/live",
        "Live",
        live=found,
        revenue=money(found["revenue_today"], store.currency),
        most=most or 1,
    )


@for_analysts
def stream(request: HttpRequest, store: Store) -> StreamingHttpResponse:
    lines = Seat(store) if SEATS.acquire(blocking=False) else once(store)
    return StreamingHttpResponse(
        lines,
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def told(store: Store, retry: int) -> str:
    found = json.dumps(snapshot(store, timezone.now()))
    # A stream lives for long: the connection goes back to the pool meanwhile.
    close_old_connections()
    return f"retry: {retry}\ndata: {found}\n\n"


def once(store: Store) -> Iterator[str]:
    yield told(store, RETRY_LATER)


class Seat:
    """A stream that gives its seat back however it ends; a generator that was never
    begun would not."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.until = time.monotonic() + SECONDS
        self.is_first, self.is_taken = True, True

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if not self.is_first:
            time.sleep(PAUSE)
        self.is_first = False
        if not self.is_taken or time.monotonic() > self.until:
            self.close()
            raise StopIteration
        return told(self.store, RETRY)

    def close(self) -> None:
        if self.is_taken:
            self.is_taken = False
            SEATS.release()
