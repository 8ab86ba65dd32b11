"""What is dropped in time, what the machine's watch is told, and the commands."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from apps.events import tasks
from apps.events.models import Freshness, Metric
from apps.events.services.clear import clear
from apps.events.services.prune import prune
from tests.conftest import NOW
from tests.events.rollups.conftest import bring, metric, roll_all
from tests.events.rollups.test_roll import visit

pytestmark = pytest.mark.django_db


def test_minutes_go_after_two_days_and_hours_after_sixty(store):
    bring(store, visit())
    roll_all()
    prune(NOW + timedelta(days=2))
    grains = set(Metric.objects.of(store).values_list("grain", flat=True))
    assert grains == {"hour", "day"}
    prune(NOW + timedelta(days=60))
    assert metric(store, "order", grain="hour") == (0, 0)
    assert metric(store, "order") == (1, 1_047_000)


def test_days_of_free_texts_go_after_four_hundred_and_the_others_stay(store):
    bring(store, visit())
    roll_all()
    prune(NOW + timedelta(days=399))
    assert metric(store, "page_view", "path", "/") == (1, 0)
    prune(NOW + timedelta(days=401))
    assert metric(store, "page_view", "path", "/") == (0, 0)
    assert metric(store, "sessions", "landing", "/") == (0, 0)
    assert metric(store, "page_view") == (1, 0)
    assert metric(store, "bought", "product", "7") == (2, 998_000)


def test_what_is_cleared_is_not_remembered_anew(store):
    bring(store, visit())
    roll_all()
    clear(store, NOW)
    assert not Metric.objects.of(store).exists()
    assert Freshness.objects.of(store).get().version == 2


def test_an_event_older_than_a_grain_is_kept_for_is_not_counted_in_it(store):
    bring(store, visit(start=NOW - timedelta(days=3)))
    roll_all()
    assert metric(store, "order", grain="minute") == (0, 0)
    assert metric(store, "order", grain="hour") == (1, 1_047_000)


def test_the_watch_is_told_how_far_behind_the_figures_are(store):
    bring(store, visit(), at=NOW)
    with time_machine.travel(NOW + timedelta(seconds=30), tick=False):
        told = Client().get("/metrics").content.decode()
    assert "luxebrain_rollups_behind_seconds 30.0" in told
    assert "luxebrain_events_per_second 0.1" in told
    roll_all()
    assert "behind_seconds 0.0" in Client().get("/metrics").content.decode()


def test_the_job_follows_the_stream(store, settings):
    settings.ROLL_SECONDS = 0
    bring(store, visit())
    tasks.roll_on()
    assert metric(store, "order") == (1, 1_047_000)


def test_a_rebuild_by_hand(store, capsys):
    store.plan = "enterprise"
    store.save()
    bring(store, visit())
    roll_all()
    call_command("rebuild_rollups", "maison", "2026-06-01", "2026-06-01")
    assert capsys.readouterr().out.startswith("6 events counted anew in ")
    with pytest.raises(CommandError, match="no store with this short name"):
        call_command("rebuild_rollups", "nobody", "2026-06-01", "2026-06-01")
    with pytest.raises(CommandError, match="before the first"):
        call_command("rebuild_rollups", "maison", "2026-06-02", "2026-06-01")
