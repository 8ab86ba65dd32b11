from __future__ import annotations

from datetime import datetime

from celery import current_app, shared_task
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from apps.core.services import pulse
from apps.core.services.plans import look_at_rows


@shared_task(name="core.beat")
def beat() -> None:
    """Send one pulse through each queue that answered its last one."""
    now = timezone.now()
    for queue in settings.QUEUES:
        if pulse.due(queue, now):
            current_app.send_task(
                "core.pulse", args=[queue, now.isoformat()], queue=queue
            )


@shared_task(name="core.pulse")
def answer_pulse(queue: str, sent_at: str) -> None:
    pulse.answer(queue, datetime.fromisoformat(sent_at), timezone.now())


@shared_task(name="core.look_at_rows")
def keep_plans() -> None:
    look_at_rows()


@shared_task(name="core.forget")
def forget() -> None:
    """Drop expired sessions."""
    call_command("clearsessions")
