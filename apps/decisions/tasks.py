from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from apps.decisions.services import carry_out, partitions, retention


@shared_task(name="decisions.keep_partitions")
def keep_partitions() -> None:
    partitions.keep_partitions(timezone.now())


@shared_task(name="decisions.expire")
def expire() -> None:
    """Close late suggestions; forget what the plans no longer keep."""
    carry_out.expire_old(timezone.now())
    retention.expire(timezone.now())
