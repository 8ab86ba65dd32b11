"""Rate limits where an ordinary one would cost more than the work it guards.

Each process counts for itself and tells the shared counter once a second, or as soon
as its own count alone would pass the limit. So a limit may be overstepped by what the
other processes let in within one second, and a request costs a look into a dictionary.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

import structlog
from django.core.cache import cache

from apps.accounts.services.limits import Verdict, parse_rate, window

log = structlog.get_logger(__name__)
SYNC_SECONDS = 1.0
MOST_COUNTERS = 50_000


@dataclass(slots=True)
class Counter:
    known: int = 0
    untold: int = 0
    told_at: float = 0.0


class Gate:
    def __init__(self) -> None:
        self.counters: dict[str, Counter] = {}
        self.lock = Lock()

    def spend(
        self, scope: str, who: str, rate: str, now: float, cost: int = 1
    ) -> Verdict:
        limit, period = parse_rate(rate)
        key, reset = window(scope, who, period, now)
        with self.lock:
            counter = self.counters.get(key)
            if counter is None:
                counter = self.begin(key)
            counter.untold += cost
            is_over = counter.known + counter.untold > limit
            must_tell = counter.known <= limit and (
                is_over or now - counter.told_at > SYNC_SECONDS
            )
        if must_tell:
            self.tell(key, counter, period, now)
        count = counter.known + counter.untold
        return Verdict(limit, max(0, limit - count), reset, count <= limit)

    def begin(self, key: str) -> Counter:
        if len(self.counters) >= MOST_COUNTERS:
            # Mostly windows that have ended; the shared counts know the rest.
            self.counters.clear()
        self.counters[key] = Counter()
        return self.counters[key]

    def tell(self, key: str, counter: Counter, period: int, now: float) -> None:
        with self.lock:
            untold, counter.untold, counter.told_at = counter.untold, 0, now
        try:
            cache.add(key, 0, period + 5)
            counter.known = cache.incr(key, untold)
        except ValueError:
            counter.known += untold  # The window ended between the two steps.
        except Exception:
            counter.known += untold
            log.warning("limits.cache_down", exc_info=True)


gate = Gate()
