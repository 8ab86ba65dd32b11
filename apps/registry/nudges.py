"""What the edges ask workers to do once a change is kept."""

from __future__ import annotations

from functools import partial

from celery import current_app
from django.db import transaction

from apps.registry.models import ModelVersion


def follow_champion(version: ModelVersion) -> None:
    """The experiment log is told in the background; if that is lost, by the next
    training."""
    nudge = partial(
        current_app.send_task,
        "registry.follow_champion",
        args=[version.store_id, version.kind],
    )
    transaction.on_commit(nudge, robust=True)
