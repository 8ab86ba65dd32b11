from __future__ import annotations

from datetime import timedelta

import structlog
from celery import shared_task
from django.utils import timezone

from apps.accounts.models import Store
from apps.recommendations.services import content, credit
from apps.recommendations.services import notice as noticing

log = structlog.get_logger(__name__)
# Each look overlaps the one before: events come late, from phones days later.
LATELY, AT_ALL = timedelta(minutes=30), timedelta(days=8)


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


@shared_task(name="recommendations.credit")
def credit_lately() -> None:
    """What came of shelves."""
    credit_since(LATELY)


@shared_task(name="recommendations.credit_late")
def credit_late() -> None:
    """What was told too late for the looks of its own day."""
    credit_since(AT_ALL)


def credit_since(length: timedelta) -> None:
    now = timezone.now()
    for store in Store.objects.filter(status=Store.Status.ACTIVE):
        if count := credit.credit(store, now - length, now):
            log.info("recommendations.credit", store_id=store.pk, outcomes=count)
