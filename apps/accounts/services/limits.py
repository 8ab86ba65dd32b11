"""Counting requests in windows: one addition and one increment in the cache."""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass

import structlog
from django.core.cache import cache

log = structlog.get_logger(__name__)
SECONDS = {"s": 1, "sec": 1, "min": 60, "hour": 3600, "day": 86_400}
RATE = re.compile(r"^(\d+)/(s|sec|min|hour|day)$")


@dataclass(frozen=True)
class Verdict:
    """`reset` in seconds from now."""

    limit: int
    remaining: int
    reset: int
    is_allowed: bool


def parse_rate(rate: str) -> tuple[int, int]:
    """Requests and seconds of "60/min"."""
    if not (match := RATE.match(rate)):
        raise ValueError(f"{rate!r} is no rate: write 60/min.")
    return int(match[1]), SECONDS[match[2]]


def spend(scope: str, who: str, rate: str, now: float) -> Verdict:
    """Count one request. A cache that is down lets everyone through, and says so."""
    limit, period = parse_rate(rate)
    key, reset = window(scope, who, period, now)
    try:
        cache.add(key, 0, period + 5)
        count = cache.incr(key)
    except ValueError:
        count = 1  # The window ended between the two steps.
    except Exception:
        log.warning("limits.cache_down", exc_info=True)
        count = 1
    return Verdict(limit, max(0, limit - count), reset, count <= limit)


def give_back(scope: str, who: str, rate: str, now: float) -> None:
    """Uncount one request that turned out to be harmless."""
    key, _ = window(scope, who, parse_rate(rate)[1], now)
    try:
        cache.decr(key)
    except Exception:
        log.warning("limits.not_given_back", exc_info=True)


def window(scope: str, who: str, period: int, now: float) -> tuple[str, int]:
    """The counter's name, and the seconds until the next one begins."""
    number = int(now // period)
    # Hashed: nobody's address or e-mail stands in the cache.
    name = hashlib.sha256(who.encode()).hexdigest()[:32]
    return f"limit:{scope}:{name}:{number}", math.ceil((number + 1) * period - now)
