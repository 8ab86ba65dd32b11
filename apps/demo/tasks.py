from __future__ import annotations

from celery import current_app, shared_task
from django.utils import timezone

from apps.demo.models import DemoShop
from apps.demo.services.queue_trainings import queue_next

NUDGE_SECONDS = 30


@shared_task(name="demo.train")
def train() -> None:
    """The next training of shops that were built lately."""
    ready = DemoShop.objects.across_stores().filter(status=DemoShop.Status.READY)
    for shop in ready.select_related("store"):
        if run := queue_next(shop, timezone.now()):
            # The registry's own sweep would come by some seconds later.
            current_app.send_task(
                "registry.train", args=[shop.store_id, run.kind], expires=NUDGE_SECONDS
            )
