from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.storage import storages

from apps.core.errors import ConflictError, UnknownError
from apps.registry import tasks
from apps.registry.models import ModelVersion
from apps.registry.services import keep, training, versions
from tests.conftest import NOW
from tests.registry.brains import KIND, Sales, sell, served, steady
from tests.registry.conftest import later

pytestmark = pytest.mark.django_db


@pytest.fixture
def seven(store, learn):
    """A week of trainings; the last one serves."""
    sell(store, steady())
    return [learn(later(days=day)) for day in range(7)]


def has_file(version):
    return storages["artefacts"].exists(version.artefact)


def test_the_last_three_are_kept_beside_the_champion(store, seven):
    assert [bool(served(store, version)) for version in seven] == [
        False, False, False, True, True, True, True,
    ]  # fmt: skip
    assert [has_file(version) for version in seven] == [False] * 3 + [True] * 4
    forgotten = ModelVersion.objects.of(store).exclude(forgotten_at=None)
    assert sorted(forgotten.values_list("number", flat=True)) == [1, 2, 3]


def test_what_was_forgotten_cannot_serve_again(store, seven):
    with pytest.raises(ConflictError, match="may not serve"):
        versions.promote(seven[0], later(days=8))
    for day in (8, 9, 10):
        versions.rollback(store, KIND, later(days=day))
    with pytest.raises(ConflictError, match="may not serve"):
        versions.rollback(store, KIND, later(days=11))
    assert versions.champion(store, KIND) == seven[3]
    assert len(served(store, seven[3])) == 30


def test_the_way_back_is_kept_however_old(store, learn, seven):
    """The fourth serves again: what it replaced is the last that is left of its time."""
    for day in (8, 9, 10):
        versions.rollback(store, KIND, later(days=day))
    learn(later(days=11))
    assert versions.rollback(store, KIND, later(days=12)) == seven[3]


def test_what_is_shown_in_a_test_is_kept_until_its_end(store, learn):
    sell(store, steady())
    first = learn(later(days=0))
    keep.hold(store, first.pk, later(days=8))
    for day in range(1, 8):
        learn(later(days=day))
    assert has_file(first)
    assert served(store, first)
    learn(later(days=9))
    assert not has_file(first)


def test_a_shorter_test_does_not_end_a_longer_one(store, learn):
    sell(store, steady())
    first = learn(later(days=0))
    keep.hold(store, first.pk, later(days=30))
    assert keep.hold(store, first.pk, later(days=2)).kept_until == later(days=30)


def test_what_is_not_there_cannot_be_kept(store, other_store, seven):
    for whose, version in (
        (store, seven[0].pk),
        (other_store, seven[6].pk),
        (store, 0),
    ):
        with pytest.raises(UnknownError):
            keep.hold(whose, version, later(days=30))


def test_another_store_s_versions_are_left_alone(store, other_store, learn, seven):
    sell(other_store, steady())
    learn(of=other_store)
    assert [has_file(version) for version in seven] == [False] * 3 + [True] * 4


def test_files_without_a_version_go_after_two_days(store, learn, storage_of_its_own):
    folder = storage_of_its_own / str(store.pk) / KIND
    folder.mkdir(parents=True)
    old, young = folder / "old.tar.gz", folder / "young.tar.gz"
    at = datetime(2026, 6, 1, tzinfo=UTC)
    for path, age in ((old, timedelta(hours=49)), (young, timedelta(hours=47))):
        path.write_bytes(b"x")
        os.utime(path, (moment := (at - age).timestamp(), moment))
    sell(store, steady())
    version = learn(at)
    assert (old.exists(), young.exists(), has_file(version)) == (False, True, True)


def half_made(store):
    """What a killed training leaves: a version in the making, and some of its rows."""
    trained = versions.Trained("mean", NOW)
    version = versions.register(store, KIND, trained, ModelVersion.Status.MAKING)
    run = training.start(store, KIND, NOW)
    training.name(run, version)
    Sales().publish(version, {"p0": 7, "p1": 8}, lambda share, step: None)
    return run, version


def test_the_watch_removes_what_a_dead_training_left(store, learn):
    run, version = half_made(store)
    tasks.watch_store(store.pk)
    assert served(store, version) == {"p0": 7, "p1": 8}
    training.abandon_all_stale(later(hours=1))
    tasks.watch_store(store.pk)
    assert served(store, version) == {}
    assert not ModelVersion.objects.of(store).exists()
    run.refresh_from_db()
    assert (run.status, run.version) == ("abandoned", None)


def test_what_is_half_made_cannot_serve(store, learn):
    _, version = half_made(store)
    with pytest.raises(ConflictError, match="may not serve"):
        versions.promote(version, NOW)


def test_it_goes_on_forgetting_where_it_was_interrupted(store, learn, monkeypatch):
    sell(store, steady())
    first = learn()
    monkeypatch.setattr(keep, "KEPT", 0)
    learn(later(days=1))
    forget = Sales.forget
    with pytest.raises(ZeroDivisionError):
        learn(later(days=2), forget=lambda *_: 1 / 0)
    assert (len(served(store, first)), has_file(first)) == (30, True)
    learn(later(days=3), forget=forget)
    assert (len(served(store, first)), has_file(first)) == (0, False)
    first.refresh_from_db()
    assert (first.artefact, first.forgotten_at) == ("", later(days=2))
