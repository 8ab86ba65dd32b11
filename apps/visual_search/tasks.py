from __future__ import annotations

from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from apps.accounts.models import Store
from apps.accounts.services.each_store import in_each_store
from apps.visual_search.services import index as indexing

# A worker is given back between slices, so that one shop keeps no other waiting.
SLICE = timedelta(seconds=20)


@shared_task(name="visual_search.index")
def index() -> None:
    """Pictures that nobody has described yet."""
    in_each_store("visual_search.indexed", slice_of, timezone.now)


def slice_of(store: Store, at: datetime) -> int:
    return indexing.index(store, timezone.now, at + SLICE)
