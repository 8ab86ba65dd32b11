"""Celery for every process: `celery -A luxebrain worker|beat`."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luxebrain.settings")

app = Celery("luxebrain")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_django_logging(**_: object) -> None:
    """A receiver keeps Celery from replacing the logging that Django set up."""
