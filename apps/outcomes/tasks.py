from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from apps.accounts.services.each_store import in_each_store
from apps.outcomes.services import banners, follow, seen, share_out

# Looks overlap: orders are told late, from phones days later.
LATELY, AT_ALL = timedelta(days=2), timedelta(days=8)


@shared_task(name="outcomes.follow")
def follow_orders() -> None:
    """Refunds and margins of what was credited."""
    in_each_store("outcomes.followed", follow.follow, timezone.now)


@shared_task(name="outcomes.follow_all")
def follow_all_orders() -> None:
    in_each_store("outcomes.followed", follow.follow_all, timezone.now)


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
        timezone.now,
    )


@shared_task(name="outcomes.banners")
def join_banner_clicks() -> None:
    join_banner_clicks_since(LATELY)


@shared_task(name="outcomes.banners_late")
def join_banner_clicks_late() -> None:
    join_banner_clicks_since(AT_ALL)


def join_banner_clicks_since(length: timedelta) -> None:
    in_each_store(
        "outcomes.banners",
        lambda store, now: banners.join_clicks(store, now - length, now),
        timezone.now,
    )


@shared_task(name="outcomes.share_out")
def share_out_credit() -> None:
    """Credit by rule and channel, where orders or refunds have changed."""
    in_each_store("outcomes.shared", share_out.keep_fresh, timezone.now)
