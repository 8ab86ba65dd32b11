"""What a model learned, half a megabyte of text, is no part of any page or answer."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.registry.models import TrainingRun
from apps.registry.services import training, versions
from tests.backoffice.conftest import signed_in
from tests.callers import person
from tests.conftest import NOW
from tests.registry.conftest import later

pytestmark = pytest.mark.django_db
KIND = "recommendations.personal"
ADMIN = "/admin/registry"


@pytest.fixture
def version(store, train):
    """With one before it, and a training that made it."""
    learned = {"ranker": "tree " * 1_000}
    versions.promote(train(kind=KIND, learned=learned), NOW)
    run = training.start(store, KIND, NOW)
    made = versions.promote(train(kind=KIND, learned=learned), later(days=1))
    training.finish(run, made, later(days=1))
    return made


def read(client, url):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode(), [query["sql"] for query in asked]


@pytest.mark.parametrize("url", ["/api/v1/models/", "/api/v1/models/{pk}/"])
def test_answers_leave_it_in_the_database(analyst, version, url):
    said, asked = read(person(analyst), url.format(pk=version.pk))
    assert KIND in said
    assert "tree" not in said
    assert not [sql for sql in asked if '"learned"' in sql]


@pytest.mark.parametrize(
    "url",
    [
        f"{ADMIN}/modelversion/",
        f"{ADMIN}/modelversion/{{pk}}/change/",
        f"{ADMIN}/trainingrun/",
        f"{ADMIN}/trainingrun/{{run}}/change/",
        "/admin/picks/board/",
    ],
)
def test_pages_leave_it_in_the_database(manager, version, url):
    run = TrainingRun.objects.of(version.store).get()
    said, asked = read(signed_in(manager), url.format(pk=version.pk, run=run.pk))
    assert "tree" not in said
    assert not [sql for sql in asked if '"learned"' in sql]


def test_who_asks_for_it_gets_it(store, version):
    assert versions.champion(store, KIND).learned == {"ranker": "tree " * 1_000}
