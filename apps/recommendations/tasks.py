from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from apps.accounts.models import Store
from apps.recommendations.services import content
from apps.recommendations.services import notice as noticing

log = structlog.get_logger(__name__)


@shared_task(name="recommendations.keep_content")
def keep_content() -> None:
    """Neighbors of new products in every open store: within ten seconds."""
    for store in Store.objects.filter(status=Store.Status.ACTIVE):
        if count := content.keep_up(store, timezone.now()):
            log.info("recommendations.content", store_id=store.pk, shelves=count)


@shared_task(name="recommendations.notice")
def notice() -> None:
    """What visitors were shown in vain."""
    for store in Store.objects.filter(status=Store.Status.ACTIVE):
        noticing.notice(store, timezone.now())


@shared_task(name="recommendations.forget")
def forget() -> None:
    noticing.forget(timezone.now())
