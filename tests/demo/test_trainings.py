from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from celery import current_app
from django.conf import settings as house
from django.core.management import call_command
from django.utils import timezone

from apps.accounts.models import Store
from apps.demo.models import DemoShop
from apps.demo.services.build import folder_of
from apps.demo.tasks import train
from apps.events.models import Event, EventBatch
from apps.events.services.roll import roll
from apps.registry.models import TrainingRun

pytestmark = pytest.mark.django_db(transaction=True)
Status = TrainingRun.Status


@pytest.fixture
def demo(settings, tmp_path):
    settings.VAR_DIR = str(tmp_path)
    settings.MEDIA_ROOT = str(tmp_path / "media")
    call_command("demo", products=24, customers=120, months=4, verbosity=0)
    return Store.objects.get(slug="demo")


@pytest.fixture
def sent(monkeypatch):
    """What a worker would be nudged for."""
    found = []
    monkeypatch.setattr(
        current_app, "send_task", lambda name, args, **more: found.append((name, *args))
    )
    return found


def kinds(store, **values):
    rows = TrainingRun.objects.of(store).filter(**values).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def end_all(store, status=Status.SUCCEEDED):
    TrainingRun.objects.of(store).open().update(status=status)


def test_after_a_build_each_kind_learns_one_after_another(demo, sent):
    slow = "recommendations.personal"
    every = [*(kind for kind in house.BRAINS if kind != slow), slow]
    assert kinds(demo) == every[:1] == ["recommendations.trending"]
    train()
    assert kinds(demo) == every[:1]
    end_all(demo)
    train()
    assert (kinds(demo), sent) == (every[:1], [])
    roll(timezone.now, timezone.now() + timedelta(seconds=60))
    for number, kind in enumerate(every[1:], 2):
        train()
        train()
        assert kinds(demo) == every[:number]
        assert sent[-1] == ("registry.train", demo.pk, kind)
        end_all(demo, Status.FAILED if number == 3 else Status.SUCCEEDED)
    train()
    assert len(sent) == len(every) - 1


def test_a_build_whose_events_are_not_there_waits(demo, sent):
    end_all(demo)
    roll(timezone.now, timezone.now() + timedelta(seconds=60))
    (folder_of("demo") / "events.loaded").unlink()
    train()
    assert sent == []


def test_clicks_of_visitors_hold_no_training_up(demo, sent):
    end_all(demo)
    roll(timezone.now, timezone.now() + timedelta(seconds=60))
    assert Event.objects.of(demo).exists()
    later = timezone.now() + timedelta(minutes=1)
    EventBatch.objects.create(received_at=later, count=1)
    train()
    assert len(sent) == 1


def test_a_new_build_learns_anew(demo, sent):
    end_all(demo)
    roll(timezone.now, timezone.now() + timedelta(seconds=60))
    every = list(house.BRAINS)
    TrainingRun.objects.of(demo).update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    train()
    assert sent == [("registry.train", demo.pk, every[0])]


def test_a_shop_that_is_being_built_waits(demo, sent):
    end_all(demo)
    DemoShop.objects.of(demo).update(status=DemoShop.Status.BUILDING)
    train()
    assert sent == []
