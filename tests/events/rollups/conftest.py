"""Events in the table, as the writer leaves them, without a request for each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Store
from apps.events.models import (
    Freshness,
    Interaction,
    Metric,
    Session,
    Tracking,
    Visitor,
    VisitorDay,
)
from apps.events.services.engines.chosen import engine
from apps.events.services.roll import roll, roll_some
from apps.events.services.rows import Sending, context_of, row_of
from apps.events.services.schema import KINDS
from tests.conftest import NOW

import msgspec  # isort: skip

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def bring(
    store: Store,
    events: Iterable[dict[str, Any]],
    *,
    at: datetime = NOW,
    browser: str = PHONE,
    **sent: Any,
) -> None:
    """One commit of the writer: what one sending of a page becomes."""
    mask = Tracking.objects.for_store(store).id_mask
    sending = Sending(mask, store.currency, at, browser=browser, **sent)
    sending.context = context_of(None, sending)
    rows = []
    for said in events:
        kind = KINDS[said["type"]]
        rows.append(row_of(msgspec.convert(said, kind), sending))
    engine().append([engine().prepare(store.pk, rows)], len(rows), at)


def at_ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def roll_all(at: datetime = NOW, most: int | None = None) -> int:
    if most is None:
        return roll(lambda: at, at.replace(year=2099))
    total = 0
    while count := roll_some(at, most):
        total += count
    return total


def page(url: str, **more: Any) -> dict[str, Any]:
    return {"url": url, **more}


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


ROLLUPS = {
    Metric: ("grain", "starts_at", "name", "dimension", "key", "count", "amount"),
    Session: tuple(
        field.name
        for field in Session._meta.concrete_fields
        if field.name not in {"id", "store", "customer"}
    ),
    Visitor: ("key", "first_at", "last_at", "sessions"),
    VisitorDay: ("seen_on", "visitor"),
    Interaction: (
        "id", "visitor", "customer_id", "product_id", "variant_id", "type", "at",
        "price", "currency", "quantity",
    ),
}  # fmt: skip


def state(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """All rollups of a store, to the last digit. What was taken back to nothing is no
    different from what never was."""
    found = {}
    for model, fields in ROLLUPS.items():
        rows = model.objects.of(store)
        if model is Metric:
            rows = rows.exclude(count=0, amount=0)
        found[model.__name__] = sorted(rows.values_list(*fields), key=repr)
    return found


def metric(store: Store, name: str, dimension: str = "", key: str = "", grain="day"):
    """Count and amount over all moments."""
    rows = Metric.objects.of(store).filter(
        name=name, dimension=dimension, key=key, grain=grain
    )
    found = list(rows.values_list("count", "amount"))
    return sum(count for count, _ in found), sum(amount for _, amount in found)


def clear(store: Store) -> None:
    for model in ROLLUPS:
        model.objects.of(store).delete()
    Freshness.objects.of(store).delete()


@pytest.fixture
def now() -> datetime:
    return timezone.now()
