from __future__ import annotations

import time
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from apps.accounts.services.each_store import in_each_store
from apps.events.services import partitions, prune, retention
from apps.events.services.people import sweep
from apps.events.services.roll import roll

# Between two looks, while nothing comes.
PAUSE = 0.3
# Looks overlap; the nightly one makes up for a worker that was away.
LATELY, AT_ALL = timedelta(minutes=30), timedelta(days=8)


@shared_task(name="events.roll")
def roll_on() -> None:
    """Add up what comes, for ROLL_SECONDS; beat sends the next one as this one ends.

    Beat itself wakes up too seldom for figures that are a second old.
    """
    until = timezone.now() + timedelta(seconds=settings.ROLL_SECONDS)
    partitions.summarize(timezone.now())
    while True:
        roll(timezone.now, until)
        if timezone.now() >= until:
            return
        time.sleep(PAUSE)


@shared_task(name="events.prune")
def prune_metrics() -> None:
    prune.prune(timezone.now())


@shared_task(name="events.keep_partitions")
def keep_partitions() -> None:
    partitions.keep_partitions(timezone.now())


@shared_task(name="events.expire")
def expire() -> None:
    """Forget what the plans no longer keep."""
    retention.expire(timezone.now())


@shared_task(name="events.meet_people")
def meet_people() -> None:
    """Orders and customers may be copied after their visit was seen."""
    sweep.meet(timezone.now())
    meet_exposed(LATELY)


@shared_task(name="events.forget_people")
def forget_people() -> None:
    sweep.forget(timezone.now())
    meet_exposed(AT_ALL)


def meet_exposed(length: timedelta) -> None:
    in_each_store(
        "events.exposed",
        lambda store, now: sweep.meet_exposed(store, now - length),
        timezone.now,
    )
