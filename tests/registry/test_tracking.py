"""The real MLflow, in a folder; a server that is away, and one that does not answer."""

from __future__ import annotations

import socket
from importlib.metadata import version
from pathlib import Path

import pytest
from mlflow import MlflowClient

from apps.registry.models import ModelVersion
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


def test_trainings_are_logged(store, learn, settings, folder):
    sell(store, steady())
    first = learn()
    sell(store, steady(months=9))
    served = learn(later(days=7), windows=(2,))
    refused = ModelVersion.objects.of(store).get(number=2)
    client = MlflowClient(settings.MLFLOW_TRACKING_URI)
    experiment = client.get_experiment_by_name(KIND)
    runs = {
        run.info.run_name: run
        for run in client.search_runs([experiment.experiment_id])
    }  # fmt: skip
    mine = f"store{store.pk}"
    assert set(runs) == {f"{mine}-1", f"{mine}-2", f"{mine}-3"}
    run = runs[f"{mine}-1"]
    assert run.info.status == "FINISHED"
    assert run.data.params == {"recipe": "mean", "window": "1"}
    assert run.data.metrics["quality"] == first.metrics["quality"]
    assert run.data.metrics["humble/quality"] == first.baseline_metrics["quality"]
    assert run.data.tags["digest"] == first.artefact_digest
    losses = client.get_metric_history(run.info.run_id, "loss")
    assert [(each.step, each.value) for each in losses] == [
        (0, 3.0),
        (1, 2.0),
        (2, 1.0),
    ]
    files = client.list_artifacts(run.info.run_id, "model")
    assert sorted(f.path for f in files) == ["model/arrays.npz", "model/card.json"]
    assert (folder / "artifacts").is_dir()
    assert runs[f"{mine}-2"].data.tags["reason"] == refused.refusal_reason
    champion = client.get_model_version_by_alias(f"{KIND}.{mine}", "champion")
    assert champion.tags["number"] == "3"
    assert served.card["tracked"] is True
    assert served.card["mlflow_version"] == str(champion.version) == "2"
    # Of the shop there is its number alone.
    names = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert not any(b"aison" in written for written in names)


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
