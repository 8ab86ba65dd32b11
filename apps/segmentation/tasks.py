from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from apps.accounts.services.each_store import in_each_store
from apps.segmentation.services import cohorts_count, rfm_score

log = structlog.get_logger(__name__)


@shared_task(name="segmentation.score_rfm")
def score_rfm() -> None:
    """Where all customers' numbers were worked out anew: that is every night."""
    in_each_store("segmentation.rfm_scored", rfm_score.keep_fresh, timezone.now)


@shared_task(name="segmentation.count_cohorts")
def count_cohorts() -> None:
    """Once on each day of a store."""
    in_each_store("segmentation.counted", cohorts_count.keep_fresh, timezone.now)
