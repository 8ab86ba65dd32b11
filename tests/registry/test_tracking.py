"""The real MLflow, in a folder; a server that is away, and one that does not answer."""

from __future__ import annotations

import socket
from importlib.metadata import version
from pathlib import Path

import pytest
from mlflow import MlflowClient

from apps.registry import tasks
from apps.registry.models import ModelVersion
from apps.registry.services import keep, tracking, versions
from tests.registry.brains import KIND, sell, steady
from tests.registry.conftest import later

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    # MLflow's own way of asking SQLAlchemy.
    pytest.mark.filterwarnings("ignore:The ``noload``:DeprecationWarning"),
]


@pytest.fixture
def folder(settings, tmp_path):
    settings.MLFLOW_TRACKING_URI = f"sqlite:///{tmp_path}/mlflow/mlflow.sqlite3"
    return tmp_path / "mlflow"


def test_trainings_are_logged(store, learn, settings, folder, monkeypatch):
    """Three of them: the second one's challenger lost, the third forgets the first."""
    monkeypatch.setattr(keep, "KEPT", 0)
    sell(store, steady())
    first = learn()
    sell(store, steady(months=9))
    learn(later(days=7), windows=(2,))
    served = learn(later(days=14), windows=(1,))
    client = MlflowClient(settings.MLFLOW_TRACKING_URI)
    experiment = client.get_experiment_by_name(KIND)
    runs = {
        run.data.tags["number"]: run
        for run in client.search_runs([experiment.experiment_id])
    }

    def files(number):
        found = client.list_artifacts(runs[number].info.run_id, "model")
        return sorted(file.path for file in found)

    assert sorted(runs) == ["1", "2", "3", "4"]
    run = runs["1"]
    assert (run.info.run_name, run.info.status) == (f"store{store.pk}-1", "FINISHED")
    assert run.data.params == {"recipe": "mean", "window": "1"}
    assert run.data.metrics["quality"] == first.metrics["quality"]
    assert run.data.metrics["humble/quality"] == first.baseline_metrics["quality"]
    assert run.data.tags["digest"] == first.artefact_digest
    losses = client.get_metric_history(run.info.run_id, "loss")
    curve = [(each.step, each.value) for each in losses]
    assert curve == [(0, 3.0), (1, 2.0), (2, 1.0)]
    refused = ModelVersion.objects.of(store).get(number=2)
    assert runs["2"].data.tags["reason"] == refused.refusal_reason
    assert files("3") == files("4") == ["model/arrays.npz", "model/card.json"]
    assert files("1") == []
    model = f"{KIND}.store{store.pk}"
    left = client.search_model_versions(f"name='{model}'")
    assert sorted(int(each.version) for each in left) == [2, 3]
    champion = client.get_model_version_by_alias(model, "champion")
    assert champion.tags["number"] == "4"
    assert served.card["tracked"] is True
    assert served.card["mlflow_version"] == str(champion.version) == "3"
    # Of the shop there is its number alone.
    written = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert not any(b"aison" in each for each in written)


def test_the_alias_follows_what_a_person_lets_serve(store, learn, settings, folder):
    """A task says so; of what was made while the log was off it knows nothing."""
    model = f"{KIND}.store{store.pk}"
    sell(store, steady())
    learn()
    settings.MLFLOW_TRACKING_URI, uri = "off", settings.MLFLOW_TRACKING_URI
    unknown = learn(later(days=7))
    settings.MLFLOW_TRACKING_URI = uri
    second = learn(later(days=14))
    client = MlflowClient(uri)

    def alias():
        found = client.get_registered_model(model).aliases
        return {name: str(number) for name, number in found.items()}

    assert alias() == {"champion": second.card["mlflow_version"]} == {"champion": "2"}
    assert versions.rollback(store, KIND, later(days=15)) == unknown
    tasks.follow_champion(store.pk, KIND)
    assert alias() == {}
    versions.rollback(store, KIND, later(days=16))
    tasks.follow_champion(store.pk, KIND)
    assert alias() == {"champion": "1"}


def test_where_the_log_knows_nothing_following_changes_nothing(
    store, learn, settings, folder
):
    settings.MLFLOW_TRACKING_URI, uri = "off", settings.MLFLOW_TRACKING_URI
    sell(store, steady())
    champion = learn()
    settings.MLFLOW_TRACKING_URI = uri
    assert tracking.follow(champion)


def test_away_it_fails_no_training(store, learn, settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings.MLFLOW_TRACKING_URI = f"http://127.0.0.1:{port}"
    sell(store, steady())
    version = learn()
    assert (version.status, version.card["tracked"]) == ("champion", False)


def test_slow_it_stalls_no_training(store, learn, settings):
    """Connections are taken by the kernel, and nobody answers them."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.MLFLOW_TRACKING_URI = f"http://127.0.0.1:{server.getsockname()[1]}"
        settings.MLFLOW_SECONDS = 1.0
        sell(store, steady())
        version = learn()
    assert (version.status, version.card["tracked"]) == ("champion", False)


def test_off_it_says_nothing(store, learn):
    sell(store, steady())
    assert "tracked" not in learn().card


def test_the_server_of_production_is_of_the_client_s_version():
    image = (ROOT / "deploy/mlflow/Dockerfile").read_text()
    compose = (ROOT / "docker-compose.yml").read_text()
    assert f"mlflow=={version('mlflow')} " in image
    assert f"luxebrain-mlflow:{version('mlflow')}\n" in compose
