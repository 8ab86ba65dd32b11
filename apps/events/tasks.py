from __future__ import annotations

import time
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from apps.events.services import prune
from apps.events.services.roll import roll

# Between two looks, while nothing comes.
PAUSE = 0.3


@shared_task(name="events.roll")
def roll_on() -> None:
    """Add up what comes, for ROLL_SECONDS; beat sends the next one as this one ends.

    Beat itself wakes up too seldom for figures that are a second old.
    """
    until = timezone.now() + timedelta(seconds=settings.ROLL_SECONDS)
    while True:
        roll(timezone.now, until)
        if timezone.now() >= until:
            return
        time.sleep(PAUSE)


@shared_task(name="events.prune")
def prune_metrics() -> None:
    prune.prune(timezone.now())
