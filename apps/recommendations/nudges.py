"""What the edges ask workers to do once a row is kept."""

from __future__ import annotations

from functools import partial

from celery import current_app
from django.db import transaction

EXPIRES = 60


def answer_what_if() -> None:
    """If this is lost, beat looks ten seconds later."""
    nudge = partial(current_app.send_task, "recommendations.what_if", expires=EXPIRES)
    transaction.on_commit(nudge, robust=True)
