from __future__ import annotations

import structlog
from celery import current_app, shared_task
from django.utils import timezone

from apps.accounts.models import Store
from apps.features.services import refresh

log = structlog.get_logger(__name__)


@shared_task(name="features.queue_nightly")
def queue_nightly() -> None:
    """Ask for all numbers of every open store."""
    for store in Store.objects.exclude(status=Store.Status.CLOSED):
        for kind in refresh.SERVED:
            current_app.send_task("features.refresh_all", args=[store.pk, kind])


@shared_task(name="features.queue_touched")
def queue_touched(kind: str, expires: int) -> None:
    """Ask for those that something happened to; one that waits too long is dropped:
    the next one does its work, too."""
    for store in Store.objects.exclude(status=Store.Status.CLOSED):
        current_app.send_task(
            "features.keep_up", args=[store.pk, kind], expires=expires
        )


@shared_task(name="features.refresh_all")
def refresh_all(store_id: int, kind: str) -> None:
    store = Store.objects.get(pk=store_id)
    rows = refresh.refresh_all(store, kind, timezone.now())
    log.info("features.refreshed", store_id=store_id, kind=kind, rows=rows)


@shared_task(name="features.keep_up")
def keep_up(store_id: int, kind: str) -> None:
    store = Store.objects.get(pk=store_id)
    rows = refresh.keep_up(store, kind, timezone.now())
    log.info("features.kept_up", store_id=store_id, kind=kind, rows=rows)
