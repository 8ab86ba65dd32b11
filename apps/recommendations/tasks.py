from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from apps.accounts.services.each_store import in_each_store
from apps.recommendations.services import content, credit
from apps.recommendations.services import notice as noticing
from apps.recommendations.services.what_if import carry_out

# Each look overlaps the one before: events come late, from phones days later.
LATELY, AT_ALL = timedelta(minutes=30), timedelta(days=8)


@shared_task(name="recommendations.keep_content")
def keep_content() -> None:
    """Neighbors of new products: within ten seconds."""
    in_each_store("recommendations.content", content.keep_up, timezone.now)


@shared_task(name="recommendations.notice")
def notice() -> None:
    """What visitors were shown in vain."""
    in_each_store("recommendations.noticed", noticing.notice, timezone.now)


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
    in_each_store(
        "recommendations.credit",
        lambda store, now: credit.credit(store, now - length, now),
        timezone.now,
    )


@shared_task(name="recommendations.what_if")
def what_if() -> None:
    """Answer the questions that wait; the row is the promise."""
    carry_out.answer_waiting(timezone.now)
