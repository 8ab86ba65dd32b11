"""After a build every kind of model learns once, one after another.

One at a time: the embedded worker has two hands for all queues, and with both in a
training nobody would count the clicks of whoever tries the shop. What takes minutes
comes last, since all others are there within two.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from apps.demo.models import DemoShop
from apps.demo.services.load_events import loaded_at
from apps.events.models import EventBatch
from apps.registry.models import TrainingRun
from apps.registry.services import training

SLOW = ("recommendations.personal",)


def kinds() -> list[str]:
    """In their order, the slow ones last."""
    return sorted(settings.BRAINS, key=lambda kind: kind in SLOW)


def queue_next(shop: DemoShop, at: datetime) -> TrainingRun | None:
    """Ask for the first kind that had no turn since the build; None where one is open,
    all had theirs, or the visitors' events are not counted yet.

    A training that failed had its turn: the nights try again.
    """
    runs = TrainingRun.objects.of(shop.store)
    if shop.built_at is None or runs.open().exists():
        return None
    told = runs.filter(created_at__gte=shop.built_at).values_list("kind", flat=True)
    had = set(told)
    kind = next((kind for kind in kinds() if kind not in had), None)
    if kind is None or not is_counted(shop):
        return None
    return training.queue(shop.store, kind, at)


def is_counted(shop: DemoShop) -> bool:
    loaded = loaded_at(shop)
    if loaded is None:
        return False
    waiting = EventBatch.objects.waiting().filter(received_at__lte=loaded)
    return not waiting.exists()
