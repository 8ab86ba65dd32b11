"""`manage.py move_events`: from the database to ClickHouse, while both are asked."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.events.models import EventBatch
from apps.events.services import move
from apps.events.services.engines.database import Database
from tests.events.engines.said import at, keep, row, whole_day


@pytest.fixture
def there(over_http, web, settings):
    settings.CLICKHOUSE_URL = web.url
    return over_http


def moved(*args):
    said = StringIO()
    call_command("move_events", *args, stdout=said)
    return said.getvalue().splitlines()


def alike(engine, store):
    rows = whole_day(engine, store).to_dicts()
    return [{**r, "properties": json.loads(r["properties"])} for r in rows]


def fill(store, visits):
    for number in range(visits):
        order = row(
            at(hours=number), "order", value=12_3456, currency="EUR", customer=number,
            properties=b'{"order":%d}' % number,
        )  # fmt: skip
        keep(Database(), store, row(at(hours=number)), order)


def test_it_copies_everything_and_again_without_harm(there, store, monkeypatch):
    monkeypatch.setattr(move, "MOST_EVENTS", 4)
    fill(store, 5)
    last = EventBatch.objects.latest("pk").pk
    said = moved()
    assert said[-1] == f"All 10 events up to batch {last} are there."
    assert len(said) == 4
    assert moved() == said
    assert alike(there, store) == alike(Database(), store)


def test_it_copies_what_forgotten_batches_brought(there, store):
    fill(store, 3)
    EventBatch.objects.all().delete()
    assert moved()[-1].startswith("All 6 events")


def test_it_goes_on_where_it_stopped(there, store):
    fill(store, 2)
    last = EventBatch.objects.latest("pk").pk
    moved()
    assert moved("--after", str(last)) == [
        f"All 0 events up to batch {last} are there."
    ]
    fill(store, 1)
    assert moved("--after", str(last))[-1].startswith("All 2 events")
    assert whole_day(there, store).height == 6


def test_what_is_moved_is_not_kept_again(there, store):
    event = row(name="a")
    keep(Database(), store, event)
    moved()
    keep(there, store, event)
    assert whole_day(there, store).height == 1
    assert EventBatch.objects.count() == 1


def test_it_refuses_where_events_lie_in_clickhouse_already(there, settings):
    settings.EVENTS_ENGINE = "clickhouse"
    with pytest.raises(CommandError, match="already"):
        moved()


def test_it_wants_to_know_where_to(db):
    with pytest.raises(CommandError, match="CLICKHOUSE_URL"):
        moved()
