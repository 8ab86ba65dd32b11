from __future__ import annotations

from datetime import timedelta

from celery import current_app
from django.utils import timezone

from apps.decisions import tasks
from apps.decisions.models import Decision
from apps.decisions.services import suggest
from apps.decisions.services.log import log
from apps.decisions.services.sentence import because
from tests.decisions.conftest import proposal


def test_the_beat_finds_both_by_name():
    current_app.loader.import_default_modules()
    assert {"decisions.keep_partitions", "decisions.expire"} <= set(current_app.tasks)


def test_it_keeps_partitions_on_any_database(db):
    tasks.keep_partitions()
    tasks.keep_partitions()


def test_it_expires_suggestions_and_decisions(store):
    old = timezone.now() - timedelta(days=500)
    log(store, "a.served", "x:1", chosen=1, reason=because("popular"), at=old)
    now = timezone.now()
    late = suggest.propose(store, proposal(expires_at=now), now)
    tasks.expire()
    late.refresh_from_db()
    assert late.status == "expired"
    assert not Decision.objects.of(store).filter(kind="a.served").exists()
