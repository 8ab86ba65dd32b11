"""Remove all tests of one store: the demo shop is built anew."""

from __future__ import annotations

from django.db import models

from apps.accounts.models import Store
from apps.experiments.models import Experiment, Exposure, Layer, Reading
from apps.experiments.services.running import forget

CHUNK = 5_000
MODELS: tuple[type[models.Model], ...] = (Exposure, Reading, Experiment, Layer)


def clear(store: Store) -> None:
    """A little at a time: SQLite's other writers wait for each transaction."""
    for model in MODELS:
        rows = model._base_manager.filter(store=store)
        while pks := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
            rows.filter(pk__in=pks).delete()
    forget(store)
