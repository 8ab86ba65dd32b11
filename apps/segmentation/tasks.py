from __future__ import annotations

from datetime import datetime
from functools import partial

from celery import shared_task
from django.utils import timezone

from apps.accounts.models import Store
from apps.accounts.services.each_store import in_each_store
from apps.segmentation.services import (
    cohorts_count,
    count,
    follow,
    rfm_score,
    value_nightly,
)
from apps.segmentation.services.learning import place


@shared_task(name="segmentation.follow")
def follow_all() -> None:
    """Who did something enters and leaves segments, every two seconds."""
    work = partial(follow.follow, clock=timezone.now)
    in_each_store("segmentation.followed", work, timezone.now)


@shared_task(name="segmentation.catch_up")
def catch_up() -> None:
    """What was written by transactions that took minutes."""
    work = partial(follow.follow, overlap=follow.LONG_OVERLAP, clock=timezone.now)
    in_each_store("segmentation.caught_up", work, timezone.now)


@shared_task(name="segmentation.count")
def count_due() -> None:
    work = partial(count.count_due, clock=timezone.now)
    in_each_store("segmentation.filled", work, timezone.now)


@shared_task(name="segmentation.count_all")
def count_all() -> None:
    """Time alone changes who belongs where: all are due, once a night."""
    work = lambda store, at: count.mark_due(store)  # noqa: E731
    in_each_store("segmentation.due", work, timezone.now)


@shared_task(name="segmentation.score_rfm")
def score_rfm() -> None:
    """Where all customers' numbers were worked out anew: that is every night."""
    in_each_store("segmentation.rfm_scored", scored, timezone.now)


def scored(store: Store, at: datetime) -> int:
    """Everybody's score may be another one: all segments are due."""
    count_of = rfm_score.keep_fresh(store, at)
    if count_of:
        count.mark_due(store)
    return count_of


@shared_task(name="segmentation.count_cohorts")
def count_cohorts() -> None:
    """Once on each day of a store."""
    in_each_store("segmentation.counted", cohorts_count.keep_fresh, timezone.now)


@shared_task(name="segmentation.place")
def place_learned() -> None:
    """Whose numbers are newer is placed anew by the learned segments that serve."""
    work = partial(place.keep_up, clock=timezone.now)
    in_each_store("segmentation.placed", work, timezone.now)


@shared_task(name="segmentation.value_nightly")
def value_nightly_all() -> None:
    """Once on each day of a store; its worker loads the models."""
    in_each_store("segmentation.valued", valued, timezone.now)


def valued(store: Store, at: datetime) -> int:
    """Churn and what is expected of everybody are new, or gone: all segments are due."""
    count_of = value_nightly.keep_fresh(store, at)
    if count_of:
        count.mark_due(store)
    return count_of
