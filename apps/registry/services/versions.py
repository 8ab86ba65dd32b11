"""Register trained models and decide which one serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from apps.accounts.models import Store
from apps.core.errors import ConflictError
from apps.registry.models import ModelVersion
from apps.registry.services.artefacts import Artefact

Status = ModelVersion.Status
# Two trainings of a kind never overlap, but a person may register beside one.
TRIES = 5


@dataclass(frozen=True)
class Trained:
    """What a training knows about the model it made."""

    name: str
    trained_at: datetime
    data_from_at: datetime | None = None
    data_to_at: datetime | None = None
    training_rows: int = 0
    metrics: Mapping[str, Any] = field(default_factory=dict)
    baseline_metrics: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    learned: Mapping[str, Any] = field(default_factory=dict)
    features: Sequence[str] = ()
    code_version: str = ""
    artefact: Artefact = field(default_factory=Artefact)
    card: Mapping[str, Any] = field(default_factory=dict)


def register(
    store: Store, kind: str, trained: Trained, status: str = Status.CANDIDATE
) -> ModelVersion:
    """A new candidate, or one in the making, with the next number of its kind."""
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return insert(store, kind, trained, status)
        except IntegrityError:
            continue
    raise ConflictError("Others keep registering models of this kind.")


def insert(store: Store, kind: str, trained: Trained, status: str) -> ModelVersion:
    versions = ModelVersion.objects.of(store).filter(kind=kind)
    last: int = versions.aggregate(last=Max("number"))["last"] or 0
    return ModelVersion.objects.create(
        store=store,
        kind=kind,
        name=trained.name,
        number=last + 1,
        status=status,
        data_from_at=trained.data_from_at,
        data_to_at=trained.data_to_at,
        training_rows=trained.training_rows,
        metrics=dict(trained.metrics),
        baseline_metrics=dict(trained.baseline_metrics),
        parameters=dict(trained.parameters),
        learned=dict(trained.learned),
        features=list(trained.features),
        code_version=trained.code_version,
        artefact=trained.artefact.path,
        artefact_digest=trained.artefact.digest,
        card=dict(trained.card),
        trained_at=trained.trained_at,
    )


def complete(version: ModelVersion) -> ModelVersion:
    """All its rows are there: from now on it may serve."""
    made = (
        ModelVersion.objects.of(version.store)
        .filter(pk=version.pk, status=Status.MAKING)
        .update(status=Status.CANDIDATE)
    )
    if not made:
        raise ConflictError(f"{version} is not in the making any more.")
    version.refresh_from_db()
    return version


def champion(store: Store, kind: str) -> ModelVersion | None:
    """The version that serves; None before the first promotion."""
    return ModelVersion.objects.of(store).champions().filter(kind=kind).first()


def promote(
    version: ModelVersion, at: datetime, *, beaten: ModelVersion | None = None
) -> ModelVersion:
    """Let this version serve, a retired one too; the one before it retires.

    `beaten` is the champion that the gate compared it with: if that one serves no
    more, someone was faster and this is a ConflictError. Of two at once one wins.
    """
    current = champion(version.store, version.kind)
    if beaten is not None and beaten != current:
        raise ConflictError(f"{beaten} does not serve any more.")
    return swap(current, version, at, predecessor=current)


def rollback(store: Store, kind: str, at: datetime) -> ModelVersion:
    """Let the version serve again that the champion replaced."""
    current = champion(store, kind)
    if current is None or current.predecessor is None:
        raise ConflictError("Nothing served before, so there is no way back.")
    return swap(current, current.predecessor, at)


def swap(
    current: ModelVersion | None, version: ModelVersion, at: datetime, **changes: Any
) -> ModelVersion:
    """Both rows or none; who comes second finds the champion gone."""
    if current == version:
        raise ConflictError(f"{version} serves already.")
    versions = ModelVersion.objects.of(version.store)
    try:
        with transaction.atomic():
            if current and not versions.filter(
                pk=current.pk, status=Status.CHAMPION
            ).update(status=Status.RETIRED, retired_at=at):
                raise ConflictError(f"{current} does not serve any more.")
            if not versions.filter(
                pk=version.pk,
                status__in=(Status.CANDIDATE, Status.RETIRED),
                forgotten_at=None,
            ).update(
                status=Status.CHAMPION, promoted_at=at, retired_at=None, **changes
            ):
                raise ConflictError(f"{version} may not serve.")
    except IntegrityError as error:
        raise ConflictError("Another version was promoted meanwhile.") from error
    version.refresh_from_db()
    return version


def refuse(version: ModelVersion, reason: str) -> ModelVersion:
    """The gate says no. Only a candidate can be refused."""
    refused = (
        ModelVersion.objects.of(version.store)
        .filter(pk=version.pk, status=Status.CANDIDATE)
        .update(status=Status.REFUSED, refusal_reason=reason)
    )
    if not refused:
        raise ConflictError(f"{version} is no candidate.")
    version.refresh_from_db()
    return version
