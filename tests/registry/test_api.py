from __future__ import annotations

import pytest
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.registry.models import ModelVersion, TrainingRun
from apps.registry.services import training, versions
from tests.callers import person
from tests.conftest import NOW
from tests.registry.conftest import KIND, later

MODELS, TRAININGS = "/api/v1/models/", "/api/v1/trainings/"


def test_it_lists_models_the_newest_first(analyst, train):
    train(), train(), train(kind="forecasting.demand")
    client = person(analyst)
    shown = client.get(MODELS, {"kind": KIND}).json()["results"]
    assert [row["number"] for row in shown] == [2, 1]
    assert client.get(MODELS, {"status": "champion"}).json()["results"] == []


def test_it_shows_a_model_with_its_metrics(analyst, train):
    version = train(metrics={"ndcg@10": 0.21}, baseline_metrics={"ndcg@10": 0.18})
    shown = person(analyst).get(f"{MODELS}{version.pk}/").json()
    assert shown["metrics"] == {"ndcg@10": 0.21}
    assert shown["baseline_metrics"] == {"ndcg@10": 0.18}
    assert "artefact" not in shown


def test_a_manager_promotes(store, manager, train):
    version = train()
    answer = person(manager).post(f"{MODELS}{version.pk}/promote/")
    assert (answer.status_code, answer.json()["status"]) == (200, "champion")
    assert versions.champion(store, KIND) == version
    entry = AuditEntry.objects.of(store).get()
    assert (entry.actor, entry.action, entry.subject) == (
        manager,
        "model.promoted",
        f"{KIND}#1",
    )


def test_an_analyst_changes_no_champion(store, analyst, train):
    versions.promote(train(), NOW)
    second = train()
    client = person(analyst)
    for url, body in (
        (f"{MODELS}{second.pk}/promote/", {}),
        (f"{MODELS}rollback/", {"kind": KIND}),
    ):
        assert client.post(url, body, format="json").status_code == 403
    second.refresh_from_db()
    assert second.status == "candidate"


def test_what_was_refused_is_a_conflict(store, manager, train):
    version = versions.refuse(train(), "Not better.")
    answer = person(manager).post(f"{MODELS}{version.pk}/promote/")
    assert answer.status_code == 409
    assert versions.champion(store, KIND) is None


def test_a_manager_rolls_back(store, manager, train):
    first = versions.promote(train(), NOW)
    versions.promote(train(), later(days=1))
    answer = person(manager).post(f"{MODELS}rollback/", {"kind": KIND}, format="json")
    assert (answer.status_code, answer.json()["id"]) == (200, first.pk)
    assert versions.champion(store, KIND) == first


def test_it_shows_how_far_a_training_is(store, analyst):
    run = training.start(store, KIND, NOW)
    training.progress(run, 40, "Fitting", NOW)
    client = person(analyst)
    shown = client.get(f"{TRAININGS}{run.pk}/").json()
    assert (shown["progress"], shown["step"]) == (40, "Fitting")
    assert len(client.get(TRAININGS, {"status": "running"}).json()["results"]) == 1


def test_another_store_finds_nothing(store, stranger, train):
    version, run = train(), training.start(store, KIND, NOW)
    client = person(stranger)
    assert client.get(f"{MODELS}{version.pk}/").status_code == 404
    assert client.get(f"{TRAININGS}{run.pk}/").status_code == 404
    assert client.post(f"{MODELS}{version.pk}/promote/").status_code == 404
    rollback = client.post(f"{MODELS}rollback/", {"kind": KIND}, format="json")
    assert rollback.status_code == 409
    assert client.get(MODELS).json()["results"] == []
    assert ModelVersion.objects.of(store).get().status == "candidate"


@pytest.mark.parametrize("body", [{}, {"kind": []}, {"kind": "x" * 81}, []], ids=str)
def test_a_rollback_names_its_kind(manager, body):
    answer = person(manager).post(f"{MODELS}rollback/", body, format="json")
    assert answer.status_code == 400


@pytest.mark.parametrize("url", [MODELS, TRAININGS])
def test_a_broken_cursor_is_refused(store, analyst, train, url):
    train(), training.start(store, KIND, NOW)
    assert person(analyst).get(url, {"cursor": "cD1hYmM="}).status_code in (400, 404)


@pytest.fixture
def known(settings):
    settings.BRAINS = {KIND: "not.asked.Here"}


def test_a_manager_asks_for_a_training(store, manager, known):
    answer = person(manager).post(TRAININGS, {"kind": KIND}, format="json")
    run = TrainingRun.objects.of(store).get()
    assert (answer.status_code, answer.json()["id"]) == (202, run.pk)
    assert (run.kind, run.status, run.trigger) == (KIND, "queued", "person")
    entry = AuditEntry.objects.of(store).get()
    assert (entry.actor, entry.action, entry.subject) == (
        manager,
        "training.asked",
        KIND,
    )


def test_asking_again_answers_with_the_open_one(store, manager, known):
    run = training.start(store, KIND, NOW)
    training.progress(run, 40, "Fitting", timezone.now())
    answer = person(manager).post(TRAININGS, {"kind": KIND}, format="json")
    assert (answer.status_code, answer.json()["id"]) == (202, run.pk)
    assert (answer.json()["status"], answer.json()["progress"]) == ("running", 40)


def test_an_analyst_asks_for_no_training(store, analyst, known):
    answer = person(analyst).post(TRAININGS, {"kind": KIND}, format="json")
    assert answer.status_code == 403
    assert not TrainingRun.objects.of(store).exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ({"kind": []}, 400), ([], 400), ({"kind": "numbers.none"}, 404)],
    ids=str,
)
def test_a_training_names_a_kind_that_is_known(store, manager, known, body, status):
    answer = person(manager).post(TRAININGS, body, format="json")
    assert answer.status_code == status
    assert not TrainingRun.objects.of(store).exists()
