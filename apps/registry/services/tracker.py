"""Writes trainings into MLflow: a program of its own, `python -m`, that reads JSON.

Not a part of the worker: MLflow takes seconds and 250 MB to load, keeps state, and may
hang on its server or its database. This can be ended at any moment.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

# MLflow's own bounds of one call and one value.
METRICS, PARAMETERS, LETTERS = 1_000, 100, 6_000
CHAMPION = "champion"


def main() -> None:
    request = json.load(sys.stdin)
    client = MlflowClient(request["uri"], registry_uri=request["uri"])
    made = [track(client, request, training) for training in request["trainings"]]
    for old in request["forgotten"]:
        forget(client, request["uri"], old["model"], old["version"])
    for champion in request["champions"]:
        follow(client, champion["model"], champion["version"])
    json.dump(made, sys.stdout)


def track(
    client: MlflowClient, request: Mapping[str, Any], training: Mapping[str, Any]
) -> str | None:
    """One training as a run; the number of the registered version if there is one."""
    folder = request["artifacts"] and f"{request['artifacts']}/{training['kind']}"
    experiment = experiment_of(client, training["kind"], folder)
    run = client.create_run(experiment, run_name=training["run"], tags=training["tags"])
    run_id = run.info.run_id
    parameters = [
        Param(plain(name), str(value)[:LETTERS])
        for name, value in training["parameters"].items()
    ]
    for start in range(0, len(parameters), PARAMETERS):
        client.log_batch(run_id, params=parameters[start : start + PARAMETERS])
    metrics = list(metrics_of(training))
    for start in range(0, len(metrics), METRICS):
        client.log_batch(run_id, metrics=metrics[start : start + METRICS])
    version = None
    if training["folder"]:
        client.log_artifacts(run_id, training["folder"], "model")
        version = register(client, training, run_id, f"{run.info.artifact_uri}/model")
    client.log_batch(run_id, tags=[RunTag("registered_version", str(version or ""))])
    client.set_terminated(run_id)
    return version


def experiment_of(client: MlflowClient, kind: str, folder: str | None) -> str:
    if known := client.get_experiment_by_name(kind):
        return str(known.experiment_id)
    try:
        return str(client.create_experiment(kind, artifact_location=folder))
    except MlflowException:
        # Another worker made it meanwhile.
        known = client.get_experiment_by_name(kind)
        if known is None:
            raise
        return str(known.experiment_id)


def metrics_of(training: Mapping[str, Any]) -> Iterator[Metric]:
    at = int(time.time() * 1000)
    for name, value in training["metrics"].items():
        yield Metric(plain(name), value, at, 0)
    for name, curve in training["curves"].items():
        for step, value in enumerate(curve):
            yield Metric(plain(name), value, at, step)


def plain(name: str) -> str:
    """MLflow refuses other letters: ndcg@10 becomes ndcg_10."""
    return re.sub(r"[^\w\-. /]", "_", name)[:250]


def register(
    client: MlflowClient, training: Mapping[str, Any], run_id: str, source: str
) -> str:
    try:
        client.create_registered_model(training["model"])
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    version = client.create_model_version(
        training["model"],
        source,
        run_id,
        tags=training["tags"],
        await_creation_for=0,
    )
    if training["is_champion"]:
        client.set_registered_model_alias(training["model"], CHAMPION, version.version)
    return str(version.version)


def follow(client: MlflowClient, model: str, version: str | None) -> None:
    """Put the alias where the shop's champion is; nowhere if that is not known here."""
    try:
        if version is None:
            client.delete_registered_model_alias(model, CHAMPION)
        else:
            client.set_registered_model_alias(model, CHAMPION, version)
    except MlflowException as error:
        # It came before the log was kept, or after it was started anew.
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise


def forget(client: MlflowClient, uri: str, model: str, version: str) -> None:
    """Figures stay; files of a version that cannot serve again only take up room."""
    try:
        known = client.get_model_version(model, version)
    except MlflowException:
        return
    client.delete_model_version(model, version)
    if known.run_id:
        folder = client.get_run(known.run_id).info.artifact_uri
        get_artifact_repository(folder, tracking_uri=uri).delete_artifacts(  # type: ignore[no-untyped-call]
            "model"
        )


if __name__ == "__main__":
    main()
