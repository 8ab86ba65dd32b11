from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.apps import apps
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from apps.accounts.models import Store
from apps.registry import tasks
from apps.registry.models import ModelVersion, TrainingRun
from apps.registry.services import training
from tests.registry.brains import KIND, Sales, sell, steady

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    """What the sweep hands to the broker, which is outside."""
    found = []
    monkeypatch.setattr(
        current_app, "send_task", lambda name, args, **more: found.append((name, *args))
    )
    return found


def test_the_sweep_nudges_for_those_that_wait_longest(
    store, other_store, settings, sent
):
    settings.BRAINS = dict.fromkeys(["a", "b", "c"], "not.asked.Here")
    now = timezone.now()
    for age, of, kind in (
        (1, store, "a"), (4, store, "b"), (3, other_store, "a"), (2, store, "c"),
        (9, store, "gone"),
    ):  # fmt: skip
        training.queue(of, kind, now - timedelta(minutes=age))
    tasks.train_queued()
    assert sent == [
        ("registry.train", store.pk, "b"),
        ("registry.train", other_store.pk, "a"),
        ("registry.train", store.pk, "c"),
    ]


def test_the_sweep_gives_up_what_fell_silent(store, learn, sent):
    run = training.start(store, KIND, timezone.now() - timedelta(minutes=16))
    tasks.train_queued()
    run.refresh_from_db()
    assert (run.status, run.error) == ("abandoned", "The worker fell silent.")


def test_a_nudge_trains_what_waits(store, learn):
    sell(store, steady())
    run = training.queue(store, KIND, timezone.now())
    tasks.train(store.pk, KIND)
    run.refresh_from_db()
    assert (run.status, run.version.number) == ("succeeded", 1)


def test_a_nudge_that_comes_late_trains_nothing(store, learn):
    sell(store, steady())
    training.queue(store, KIND, timezone.now())
    tasks.train(store.pk, KIND)
    tasks.train(store.pk, KIND)
    assert ModelVersion.objects.of(store).count() == 1
    assert TrainingRun.objects.of(store).count() == 1


def test_too_little_data_is_no_error_of_the_task(store, learn):
    run = training.queue(store, KIND, timezone.now())
    tasks.train(store.pk, KIND)
    run.refresh_from_db()
    assert (run.status, run.error) == ("failed", "Nothing was sold yet.")


def test_each_open_store_is_watched(store, other_store, sent):
    Store.objects.filter(pk=other_store.pk).update(status=Store.Status.PAUSED)
    tasks.watch_all()
    assert sent == [("registry.watch_store", store.pk)]


@pytest.mark.parametrize("name", ["registry.train", "registry.watch_store"])
def test_what_asks_brains_goes_to_the_workers_that_load_them(name):
    queue = current_app.amqp.router.route({}, name)["queue"]
    assert queue.name == "training"


def test_the_old_jobs_are_gone_from_beat_s_table():
    every = IntervalSchedule.objects.create(every=1, period="days")
    for name in ("recommendations.train_queued", "sync.tick"):
        PeriodicTask.objects.create(name=name, task=name, interval=every)
    migration = import_module("apps.registry.migrations.0002_learning")
    migration.drop_old_jobs(apps, None)
    assert list(PeriodicTask.objects.values_list("name", flat=True)) == ["sync.tick"]


def test_a_training_has_a_limit_of_its_own_and_time_for_last_words(settings):
    train = current_app.tasks["registry.train"]
    assert train.soft_time_limit == settings.TRAINING_SECONDS == 7200
    assert train.time_limit == 7500 > current_app.conf.task_time_limit


def test_a_training_that_takes_too_long_says_so(store, learn, monkeypatch):
    """Celery raises this in the midst of whatever the training does."""

    def endless(self, data, contest, folder, seed, tell):
        tell(0.5, "Counting for ever")
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(Sales, "fit", endless)
    sell(store, steady())
    run = training.queue(store, KIND, timezone.now())
    with pytest.raises(SoftTimeLimitExceeded):
        tasks.train(store.pk, KIND)
    run.refresh_from_db()
    assert (run.status, run.error) == (
        "failed",
        "It took longer than 120 minutes and was stopped at “Counting for ever”.",
    )
    assert not ModelVersion.objects.of(store).exists()
