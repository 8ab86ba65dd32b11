"""Celery for every process: `celery -A luxebrain worker|beat`."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init

from luxebrain import folder_broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luxebrain.settings")

folder_broker.use()
app = Celery("luxebrain")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_django_logging(**_: object) -> None:
    """A receiver keeps Celery from replacing the logging that Django set up."""


@worker_init.connect
@beat_init.connect
def refuse_unsafe_jobs(**_: object) -> None:
    """Celery swallows errors of its receivers, but not an exit."""
    from django.core.exceptions import ImproperlyConfigured

    from luxebrain.checks import refuse_unsafe_start

    try:
        refuse_unsafe_start()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error
