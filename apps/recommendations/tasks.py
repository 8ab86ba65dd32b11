from __future__ import annotations

import structlog
from celery import current_app, shared_task
from django.utils import timezone

from apps.accounts.models import Store
from apps.core.errors import LuxeBrainError
from apps.recommendations.models import TRENDING
from apps.recommendations.services import train
from apps.registry.models import TrainingRun
from apps.registry.services import training

log = structlog.get_logger(__name__)


@shared_task(name="recommendations.train_queued")
def train_queued() -> None:
    """Nudge a worker for each training that waits; the row is the promise."""
    waiting = TrainingRun.objects.across_stores().filter(
        kind=TRENDING, status=TrainingRun.Status.QUEUED
    )
    for store_id in waiting.values_list("store_id", flat=True):
        current_app.send_task(
            "recommendations.train", args=[store_id], queue="training", expires=60
        )


@shared_task(name="recommendations.queue_nightly")
def queue_nightly() -> None:
    """Ask for tonight's training of every open store."""
    for store in Store.objects.filter(status=Store.Status.ACTIVE):
        training.queue(store, TRENDING, timezone.now())


@shared_task(name="recommendations.train")
def train_store(store_id: int) -> None:
    now = timezone.now()
    try:
        version = train.train(Store.objects.get(pk=store_id), as_of=now, at=now)
    except LuxeBrainError as error:
        log.warning("training.refused", store_id=store_id, reason=error.code)
        return
    log.info("training.done", store_id=store_id, version=str(version))
