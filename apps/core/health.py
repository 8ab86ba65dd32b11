"""Can this process serve? Each part is asked, none is assumed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

import structlog
from celery import current_app
from django.core.cache import cache
from django.db import DatabaseError, connection

from apps.core.models import Heartbeat

log = structlog.get_logger(__name__)


def ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def ask_cache() -> None:
    token = secrets.token_hex(4)
    cache.set("health", token, 10)
    if cache.get("health") is None:
        raise ConnectionError("The cache forgot what it was told.")


def ask_broker() -> None:
    with current_app.connection_for_read() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)


PARTS: dict[str, Callable[[], None]] = {
    "database": ask_database,
    "cache": ask_cache,
    "broker": ask_broker,
}


def ask_all() -> dict[str, str]:
    """`ok` or `down` by part. The reason is logged, not shown."""
    return {name: ask(name, question) for name, question in PARTS.items()}


def ask(name: str, question: Callable[[], None]) -> str:
    try:
        question()
    except Exception:
        log.warning("health.down", part=name, exc_info=True)
        return "down"
    return "ok"


def queue_ages(at: datetime) -> dict[str, float]:
    """Seconds that the oldest pulse waits, by queue; empty before the first one."""
    try:
        beats = list(Heartbeat.objects.all())
    except DatabaseError:
        return {}
    return {beat.queue: round(beat.age(at).total_seconds(), 1) for beat in beats}
