"""How SQLite finds rows, once it knows how they are spread."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.core import tasks
from apps.events.models import Session

pytestmark = pytest.mark.django_db


def test_one_visitor_s_visits_are_found_by_the_visitor(store):
    now = timezone.now()
    Session.objects.bulk_create(
        Session(store=store, key=f"s{n}", visitor=f"v{n}", started_at=now, last_at=now)
        for n in range(2_000)
    )
    rows = Session.objects.of(store).filter(
        visitor="v7",
        started_at__gte=now - timedelta(days=1),
        started_at__lte=now + timedelta(days=1),
    )
    tasks.keep_plans()
    assert [row.key for row in rows] == ["s7"]
    if connection.vendor == "sqlite":
        assert "events_session_visitor" in rows.explain()
