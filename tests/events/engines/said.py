"""Rows as services/rows.py makes them, for those who keep them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from apps.events.services.ids import kept_id
from apps.events.services.rows import Row

DAY = datetime(2026, 5, 4, tzinfo=UTC)
numbers = itertools.count()


def at(**since):
    return DAY + timedelta(**since)


def row(moment=DAY, kind="page_view", **said):
    """`name` makes the id: the same name at the same moment is the same event."""
    at_ms = round(moment.timestamp() * 1000)
    values = {
        "id": kept_id(str(said.pop("name", next(numbers))), at_ms, 7, moment),
        "at_ms": at_ms,
        "type": kind,
        "visitor": "v1",
        "session": "s1",
        "customer": None,
        "product": None,
        "variant": None,
        "quantity": None,
        "value": None,
        "currency": "",
        "properties": b"{}",
        "context": b"{}",
    }
    return Row(**{**values, **said})


def keep(engine, store, *rows, at=DAY):
    engine.append([engine.prepare(store.pk, rows)], len(rows), at)


def whole_day(engine, store, **named):
    return engine.between(store, DAY, at(days=1), **named)
