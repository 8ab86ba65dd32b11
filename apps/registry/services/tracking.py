"""Trainings in MLflow, for who looks into models. Never a reason for one to fail.

Stores appear by number, and nothing else of a shop leaves: figures, settings, files.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings

from apps.registry.models import ModelVersion

log = structlog.get_logger(__name__)

ROOT = Path(__file__).resolve().parents[3]
OFF = "off"
# Larger models stay in the artefact storage alone; the run names their digest.
FILES_LIMIT = 64 * 1024 * 1024
ENVIRONMENT = {
    # MLflow would tell its makers about each use.
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "GIT_PYTHON_REFRESH": "quiet",
}


@dataclass(frozen=True)
class Tracked:
    """A version with what the database does not keep of it."""

    version: ModelVersion
    curves: Mapping[str, Sequence[float]] = field(default_factory=dict)
    folder: Path | None = None


def track(trained: Sequence[Tracked], forgotten: Sequence[ModelVersion] = ()) -> bool:
    """Whether they were logged; each version's card says so, too."""
    if settings.MLFLOW_TRACKING_URI == OFF:
        return False
    gone = [
        {"model": model_of(version), "version": version.card["mlflow_version"]}
        for version in forgotten
        if "mlflow_version" in version.card
    ]
    news = [described(each) for each in trained]
    numbers = send({**target(), "trainings": news, "forgotten": gone, "champions": []})
    for place, each in enumerate(trained):
        note: dict[str, Any] = {"tracked": numbers is not None}
        if numbers and numbers[place]:
            note["mlflow_version"] = numbers[place]
        version = each.version
        version.card = {**version.card, **note}
        ModelVersion.objects.of(version.store).filter(pk=version.pk).update(
            card=version.card
        )
    return numbers is not None


def follow(champion: ModelVersion) -> bool:
    """Put the alias of its kind where a person put the champion; whether it is there."""
    if settings.MLFLOW_TRACKING_URI == OFF:
        return False
    number = champion.card.get("mlflow_version")
    there = {"model": model_of(champion), "version": number}
    asked = {"trainings": [], "forgotten": [], "champions": [there]}
    return send({**target(), **asked}) is not None


def target() -> dict[str, Any]:
    """Files of a local log lie beside its database; a server knows its own place."""
    uri = settings.MLFLOW_TRACKING_URI
    if not uri.startswith("sqlite:///"):
        return {"uri": uri, "artifacts": None}
    folder = Path(uri.removeprefix("sqlite:///")).parent
    folder.mkdir(parents=True, exist_ok=True)
    return {"uri": uri, "artifacts": (folder / "artifacts").as_uri()}


def described(trained: Tracked) -> dict[str, Any]:
    version = trained.version
    store = f"store{version.store_id}"
    return {
        "kind": version.kind,
        "run": f"{store}-{version.number}",
        "model": model_of(version),
        "is_champion": version.status == ModelVersion.Status.CHAMPION,
        "parameters": {"recipe": version.name, **version.parameters},
        "metrics": {
            **figures(version.metrics),
            **{f"humble/{n}": v for n, v in figures(version.baseline_metrics).items()},
            "training_rows": version.training_rows,
        },
        "curves": {n: figures_of(c) for n, c in trained.curves.items()},
        "tags": {
            "store": str(version.store_id),
            "number": str(version.number),
            "status": version.status,
            "reason": version.refusal_reason[:1000],
            "code_version": version.code_version,
            "digest": version.artefact_digest,
            "data_from": str(version.data_from_at or ""),
            "data_to": str(version.data_to_at or ""),
        },
        "folder": files_of(trained.folder),
    }


def model_of(version: ModelVersion) -> str:
    return f"{version.kind}.store{version.store_id}"


def figures(metrics: Mapping[str, Any]) -> dict[str, float]:
    return {n: float(v) for n, v in metrics.items() if isinstance(v, int | float)}


def figures_of(curve: Sequence[float]) -> list[float]:
    return [float(value) for value in curve if math.isfinite(value)]


def files_of(folder: Path | None) -> str | None:
    if folder is None or not folder.exists():
        return None
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return str(folder) if size <= FILES_LIMIT else None


def send(request: dict[str, Any]) -> list[str | None] | None:
    """None where MLflow is away, slow or refuses: a warning says so."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "apps.registry.services.tracker"],
            input=json.dumps(request).encode(),
            capture_output=True,
            cwd=ROOT,
            env={**os.environ, **ENVIRONMENT},
            timeout=settings.MLFLOW_SECONDS,
            check=True,
        )
        numbers: list[str | None] = json.loads(done.stdout.splitlines()[-1])
    except subprocess.TimeoutExpired:
        log.warning("tracking.slow", seconds=settings.MLFLOW_SECONDS)
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()[-1:]
        log.warning("tracking.failed", said=said)
    except (OSError, ValueError, IndexError) as error:
        log.warning("tracking.failed", said=repr(error))
    else:
        return numbers
    return None
