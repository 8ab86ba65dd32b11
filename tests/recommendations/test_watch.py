from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings

from apps.recommendations.services.learning import history
from apps.registry.models import TrainingRun
from apps.registry.services import drift, versions, watch
from tests.conftest import NOW
from tests.recommendations.season import open_shop

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
KINDS = [kind for kind in settings.BRAINS if kind.startswith("recommendations.")]


def test_the_watch_reads_a_shop_s_year_once_for_all_kinds(store, monkeypatch):
    open_shop(store, customers=210)
    inputs = {"deeds_of_a_user": drift.bins_of([1_000.0 + n for n in range(500)])}
    for kind in KINDS:
        trained = versions.Trained("x", NOW, card={"inputs": inputs})
        versions.promote(versions.register(store, kind, trained), NOW)
    reads = []

    def read(store, as_of, tell, read=history.read):
        reads.append(as_of)
        return read(store, as_of, tell)

    monkeypatch.setattr(history, "read", read)
    samples = {}
    for kind in KINDS:
        watch.look(store, kind, NOW + timedelta(days=1), samples)
    assert len(reads) == 1
    asked = TrainingRun.objects.of(store).values_list("kind", flat=True)
    learners = set(KINDS) - {"recommendations.trending"}
    assert set(asked) == learners
    assert len(learners) == 8
