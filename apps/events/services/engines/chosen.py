"""The engine that settings name, and the one writer of this process."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from apps.events.services.engines.base import Engine
from apps.events.services.engines.database import Database
from apps.events.services.writer import Writer


@cache
def engine() -> Engine:
    if settings.EVENTS_ENGINE == "clickhouse":
        # Its client is loaded only where it is used.
        from apps.events.services.engines.clickhouse import ClickHouse

        return ClickHouse()
    return Database()


@cache
def writer() -> Writer:
    return Writer(engine())
