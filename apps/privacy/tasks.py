from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from apps.privacy.services.work import work_all

SLICE = timedelta(seconds=60)


@shared_task(name="privacy.work")
def work_on() -> None:
    """Requests whose nudge was lost, too."""
    work_all(timezone.now, timezone.now() + SLICE)
