from __future__ import annotations

from datetime import timedelta

import pytest

from apps.core.errors import UnknownError
from apps.experiments.models import Status
from apps.experiments.services import life
from apps.registry.models import ModelVersion
from tests.conftest import NOW
from tests.experiments.made import experiment, variant
from tests.recommendations.goods import version

pytestmark = pytest.mark.django_db


def draft(store, model):
    configs = [{}, {"version": model}]
    return experiment(
        store, status=Status.DRAFT, configs=configs, max_days=20, watch_days=10
    )


def kept_until(model):
    return ModelVersion.objects.get(pk=model.pk).kept_until


def test_a_version_that_is_tested_stays_readable(store):
    model = version(store)
    row = life.start(draft(store, model.pk), NOW)
    assert kept_until(model) == NOW + timedelta(days=20 + 10 + 90)
    life.apply_winner(row, NOW, winner=variant(row, "b"))
    life.keep(row, NOW)
    assert kept_until(model) > NOW + timedelta(days=3000)


def test_a_test_of_what_is_not_there_does_not_start(store, other_store):
    for model in (version(other_store).pk, 999):
        row = draft(store, model)
        with pytest.raises(UnknownError):
            life.start(row, NOW)
        row.refresh_from_db()
        assert row.status == Status.DRAFT
