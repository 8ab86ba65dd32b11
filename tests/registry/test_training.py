from __future__ import annotations

import pytest

from apps.core.errors import ConflictError
from apps.registry.models import TrainingRun
from apps.registry.services import training, versions
from tests.at_once import at_once
from tests.conftest import NOW
from tests.registry.conftest import KIND, later


def statuses(store):
    rows = TrainingRun.objects.of(store).order_by("pk")
    return list(rows.values_list("status", flat=True))


def test_it_starts_one_at_a_time(store):
    training.start(store, KIND, NOW, seed=7)
    with pytest.raises(ConflictError, match="runs already"):
        training.start(store, KIND, later(minutes=14))
    assert statuses(store) == ["running"]


def test_another_kind_and_another_store_train_meanwhile(store, other_store):
    for of, kind in ((store, KIND), (store, "forecasting.demand"), (other_store, KIND)):
        training.start(of, kind, NOW)
    assert TrainingRun.objects.across_stores().open().count() == 3


def test_it_claims_the_queued_one(store):
    queued = training.queue(store, KIND, NOW, seed=7)
    run = training.start(store, KIND, later(minutes=1))
    assert (run.pk, run.status, run.seed) == (queued.pk, "running", 7)
    assert run.started_at == later(minutes=1)


def test_asking_twice_queues_once(store):
    first = training.queue(store, KIND, NOW)
    assert training.queue(store, KIND, NOW) == first
    training.start(store, KIND, NOW)
    assert training.queue(store, KIND, NOW) == first


def test_it_tells_its_progress(store):
    run = training.start(store, KIND, NOW)
    training.progress(run, 40, "Fitting", later(minutes=2))
    assert (run.progress, run.step, run.heartbeat_at) == (
        40,
        "Fitting",
        later(minutes=2),
    )


def test_it_bounds_its_progress(store):
    run = training.start(store, KIND, NOW)
    training.progress(run, 250, "x" * 500, NOW)
    assert (run.progress, len(run.step)) == (100, 200)


def test_a_silent_run_is_abandoned_and_the_next_one_starts(store):
    dead = training.start(store, KIND, NOW)
    training.progress(dead, 40, "Fitting", later(minutes=5))
    alive = training.start(store, KIND, later(minutes=21))
    dead.refresh_from_db()
    assert (dead.status, dead.error) == ("abandoned", "The worker fell silent.")
    assert alive.status == "running"


def test_a_run_that_was_abandoned_stays_so(store, train):
    dead = training.start(store, KIND, NOW)
    training.start(store, KIND, later(minutes=16))
    for late in (
        lambda: training.progress(dead, 50, "Fitting", later(minutes=17)),
        lambda: training.finish(dead, train(), later(minutes=17)),
        lambda: training.fail(dead, "Out of memory.", later(minutes=17)),
    ):
        with pytest.raises(ConflictError, match="is over"):
            late()
    assert statuses(store) == ["abandoned", "running"]


def test_it_finishes_with_its_version(store, train):
    run, version = training.start(store, KIND, NOW), train()
    training.finish(run, version, later(minutes=9))
    assert (run.status, run.progress, run.version) == ("succeeded", 100, version)
    training.start(store, KIND, later(minutes=10))


def test_a_refused_version_makes_a_refused_run(store, train):
    run = training.start(store, KIND, NOW)
    training.finish(run, versions.refuse(train(), "Not better."), later(minutes=9))
    assert run.status == "refused"


def test_it_fails_with_its_error(store):
    run = training.start(store, KIND, NOW)
    training.fail(run, "Out of memory.", later(minutes=9))
    assert (run.status, run.error) == ("failed", "Out of memory.")
    assert run.finished_at == later(minutes=9)


def test_a_dead_training_leaves_the_champion_serving(store, train):
    champion = versions.promote(train(), NOW)
    training.start(store, KIND, NOW)
    training.start(store, KIND, later(minutes=16))
    assert versions.champion(store, KIND) == champion


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_queued", [True, False])
def test_of_two_that_start_at_once_one_wins(store, is_queued):
    if is_queued:
        training.queue(store, KIND, NOW)
    start = lambda kind: training.start(store, kind, NOW)  # noqa: E731
    assert sorted(at_once(start, start, rows=[KIND, KIND])) == ["conflict", "won"]
    assert statuses(store) == ["running"]
