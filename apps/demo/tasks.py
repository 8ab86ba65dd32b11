from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from apps.demo.services.build import Wanted, build


@shared_task(name="demo.build")
def build_demo() -> None:
    """Make the demo shop where there is none."""
    build(Wanted(), at=timezone.now(), if_absent=True)
