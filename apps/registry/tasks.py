from __future__ import annotations

from datetime import datetime

import structlog
from celery import current_app, shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.utils import timezone

from apps.accounts.models import Store
from apps.core.errors import ConflictError, LuxeBrainError
from apps.registry.models import TrainingRun
from apps.registry.services import (
    keep,
    learn,
    tracking,
    training,
    turns,
    versions,
    watch,
)

log = structlog.get_logger(__name__)

# A nudge that no worker takes is sent again by the next sweep.
NUDGES = 3
NUDGE_SECONDS = 30
# From the stop of a training to the end of its process, which may hang in a library.
LAST_WORDS_SECONDS = 300
# The next morning asks again.
WATCH_SECONDS = 12 * 3600


@shared_task(name="registry.train_queued")
def train_queued() -> None:
    """Nudge a worker for the trainings that wait longest; the row is the promise."""
    training.abandon_all_stale(timezone.now())
    waiting = TrainingRun.objects.across_stores().filter(
        status=TrainingRun.Status.QUEUED, kind__in=settings.BRAINS
    )
    rows = waiting.order_by("created_at", "pk").values_list("store_id", "kind")
    for store_id, kind in rows[:NUDGES]:
        current_app.send_task(
            "registry.train", args=[store_id, kind], expires=NUDGE_SECONDS
        )


@shared_task(name="registry.queue_due")
def queue_due() -> None:
    """Ask for the trainings whose turn it is this hour."""
    turns.queue_due(timezone.now())


@shared_task(name="registry.follow_champion")
def follow_champion(store_id: int, kind: str) -> None:
    """Tell the experiment log which version serves since somebody changed it by hand."""
    champion = versions.champion(Store.objects.get(pk=store_id), kind)
    if champion is not None:
        tracking.follow(champion)


@shared_task(name="registry.watch")
def watch_all() -> None:
    """Ask for a look at each open store, by the workers that load brains."""
    for store in Store.objects.filter(status=Store.Status.ACTIVE):
        current_app.send_task(
            "registry.watch_store", args=[store.pk], expires=WATCH_SECONDS
        )


@shared_task(name="registry.watch_store")
def watch_store(store_id: int) -> None:
    """Look whether what serves still fits what happens now."""
    store, now = Store.objects.get(pk=store_id), timezone.now()
    samples: watch.Samples = {}
    for kind in settings.BRAINS:
        watch_one(store, kind, now, samples)


def watch_one(store: Store, kind: str, now: datetime, samples: watch.Samples) -> None:
    """One brain that cannot be asked must not keep the others from being asked."""
    try:
        keep.remove_broken_off(store, kind)
        reason = watch.look(store, kind, now, samples)
    except Exception:
        log.exception("watch.failed", store_id=store.pk, kind=kind)
        return
    if reason:
        log.info("watch.retraining", store_id=store.pk, kind=kind, reason=reason)


@shared_task(
    name="registry.train",
    soft_time_limit=settings.TRAINING_SECONDS,
    time_limit=settings.TRAINING_SECONDS + LAST_WORDS_SECONDS,
)
def train(store_id: int, kind: str) -> None:
    """Do the training that waits, if it still does."""
    now = timezone.now()
    run = training.claim(Store.objects.get(pk=store_id), kind, now)
    if run is None:
        return
    try:
        version = learn.carry_out(
            run, as_of=now, clock=timezone.now, time_is_up=SoftTimeLimitExceeded
        )
    except ConflictError as error:
        log.warning(
            "training.given_up", store_id=store_id, kind=kind, why=error.message
        )
    except LuxeBrainError as error:
        log.warning("training.failed", store_id=store_id, kind=kind, why=error.message)
    else:
        log.info("training.done", store_id=store_id, version=str(version))
