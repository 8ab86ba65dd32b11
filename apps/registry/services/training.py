"""One training at a time per store and kind, visible while it runs.

A worker that dies leaves its row running; the next start finds its heart silent,
abandons it and goes on. The champion is untouched by all of this.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction

from apps.accounts.models import Store
from apps.core.errors import ConflictError, UnknownError
from apps.registry.models import ModelVersion, TrainingRun, TrainingRunQuerySet

log = structlog.get_logger(__name__)

Status = TrainingRun.Status
Trigger = TrainingRun.Trigger


def queue(
    store: Store,
    kind: str,
    at: datetime,
    *,
    seed: int = 0,
    trigger: str = Trigger.SCHEDULE,
    reason: str = "",
) -> TrainingRun:
    """Ask for a training. The open one, if there is one, is answer enough."""
    abandon_stale(store, kind, at)
    try:
        with transaction.atomic():
            return TrainingRun.objects.create(
                store=store,
                kind=kind,
                status=Status.QUEUED,
                created_at=at,
                seed=seed,
                trigger=trigger,
                reason=reason,
            )
    except IntegrityError:
        return TrainingRun.objects.of(store).open().get(kind=kind)


def ask(store: Store, kind: str, at: datetime) -> TrainingRun:
    """A person wants it now. UnknownError where no such kind is installed."""
    if kind not in settings.BRAINS:
        raise UnknownError(f"There is no model kind {kind}.")
    return queue(store, kind, at, trigger=Trigger.PERSON)


def start(store: Store, kind: str, at: datetime, *, seed: int = 0) -> TrainingRun:
    """Claim the training: the queued one, or a new one.

    ConflictError while another one runs.
    """
    abandon_stale(store, kind, at)
    if run := claim(store, kind, at):
        return run
    try:
        with transaction.atomic():
            return TrainingRun.objects.create(
                store=store,
                kind=kind,
                status=Status.RUNNING,
                created_at=at,
                started_at=at,
                heartbeat_at=at,
                seed=seed,
            )
    except IntegrityError as error:
        raise ConflictError(f"A training of {kind} runs already.") from error


def claim(store: Store, kind: str, at: datetime) -> TrainingRun | None:
    """Take the queued one; None where none waits or another worker was faster."""
    runs = TrainingRun.objects.of(store).filter(kind=kind)
    waiting = runs.filter(status=Status.QUEUED).first()
    if waiting is None:
        return None
    claimed = runs.filter(pk=waiting.pk, status=Status.QUEUED).update(
        status=Status.RUNNING, started_at=at, heartbeat_at=at
    )
    return runs.get(pk=waiting.pk) if claimed else None


def abandon_stale(store: Store, kind: str, at: datetime) -> int:
    return abandon(TrainingRun.objects.of(store).stale(at).filter(kind=kind), at)


def abandon_all_stale(at: datetime) -> int:
    """For the sweep: nobody need start another training to see that one is dead."""
    return abandon(TrainingRun.objects.across_stores().stale(at), at)


def abandon(runs: TrainingRunQuerySet, at: datetime) -> int:
    return runs.update(
        status=Status.ABANDONED, finished_at=at, error="The worker fell silent."
    )


def progress(run: TrainingRun, percent: int, step: str, at: datetime) -> None:
    """Tell how far it is; also the heartbeat. ConflictError when it was given up."""
    write(run, progress=max(0, min(100, percent)), step=step[:200], heartbeat_at=at)
    log.info("training", kind=run.kind, percent=percent, step=step)


def name(run: TrainingRun, version: ModelVersion) -> None:
    """What it is about to make: left half made, it is known whose it was."""
    write(run, version=version)


def finish(run: TrainingRun, version: ModelVersion, at: datetime) -> None:
    """It made a version; a version that the gate refused makes a refused run."""
    is_refused = version.status == ModelVersion.Status.REFUSED
    status = Status.REFUSED if is_refused else Status.SUCCEEDED
    write(run, status=status, version=version, progress=100, finished_at=at)


def fail(run: TrainingRun, error: str, at: datetime) -> None:
    write(run, status=Status.FAILED, error=error, finished_at=at)


def write(run: TrainingRun, **changes: Any) -> None:
    """Only a running training can be written to: one that was abandoned stays so."""
    written = (
        TrainingRun.objects.of(run.store)
        .filter(pk=run.pk, status=Status.RUNNING)
        .update(**changes)
    )
    if not written:
        raise ConflictError(f"This training of {run.kind} is over.")
    run.refresh_from_db()
