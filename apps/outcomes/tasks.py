from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from celery import shared_task
from django.utils import timezone

from apps.accounts.models import Store
from apps.outcomes.services import follow, seen, share_out

log = structlog.get_logger(__name__)
# Looks overlap: orders are told late, from phones days later.
LATELY, AT_ALL = timedelta(days=2), timedelta(days=8)
Work = Callable[[Store, datetime], int]


def in_each_store(name: str, work: Work) -> None:
    """One store's trouble keeps no other one waiting."""
    for store in Store.objects.filter(status=Store.Status.ACTIVE):
        try:
            count = work(store, timezone.now())
        except Exception:
            log.exception("outcomes.broke", work=name, store_id=store.pk)
            continue
        if count:
            log.info(name, store_id=store.pk, count=count)


@shared_task(name="outcomes.follow")
def follow_orders() -> None:
    """Refunds and margins of what was credited."""
    in_each_store("outcomes.followed", follow.follow)


@shared_task(name="outcomes.follow_all")
def follow_all_orders() -> None:
    in_each_store("outcomes.followed", follow.follow_all)


@shared_task(name="outcomes.credit_seen")
def credit_seen() -> None:
    """Orders of what was seen, where a store counts them."""
    credit_seen_since(LATELY)


@shared_task(name="outcomes.credit_seen_late")
def credit_seen_late() -> None:
    credit_seen_since(AT_ALL)


def credit_seen_since(length: timedelta) -> None:
    in_each_store(
        "outcomes.seen",
        lambda store, now: seen.credit_seen(store, now - length, now, now),
    )


@shared_task(name="outcomes.share_out")
def share_out_credit() -> None:
    """Credit by rule and channel, where orders or refunds have changed."""
    in_each_store("outcomes.shared", share_out.keep_fresh)
