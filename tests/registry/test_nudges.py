"""What a person lets serve is told to the experiment log, once it is kept."""

from __future__ import annotations

import pytest
from celery import current_app

from apps.registry.services import versions
from tests.backoffice.conftest import signed_in
from tests.callers import person
from tests.conftest import NOW
from tests.registry.conftest import KIND, later

pytestmark = pytest.mark.django_db
API, PAGES = "/api/v1/models/", "/admin/registry/modelversion/"


@pytest.fixture
def sent(monkeypatch):
    """What is handed to the broker, which is outside."""
    found = []
    monkeypatch.setattr(
        current_app, "send_task", lambda name, args, **more: found.append((name, *args))
    )
    return found


@pytest.fixture
def pair(train):
    """The first serves no more."""
    first, second = train(), train()
    versions.promote(first, NOW)
    versions.promote(second, later(days=1))
    return first, second


def by_api(manager, pair):
    client = person(manager)
    yield client.post(f"{API}{pair[0].pk}/promote/")
    yield client.post(f"{API}rollback/", {"kind": KIND}, format="json")


def by_page(manager, pair):
    client = signed_in(manager)
    yield client.post(f"{PAGES}{pair[0].pk}/do/promote/", follow=True)
    yield client.post(f"{PAGES}{pair[0].pk}/do/rollback/", follow=True)


@pytest.mark.parametrize("door", [by_api, by_page])
def test_a_promotion_and_a_rollback_are_told(
    store, manager, pair, door, sent, django_capture_on_commit_callbacks
):
    first, second = pair
    steps = door(manager, pair)
    for serves, count in ((first, 1), (second, 2)):
        with django_capture_on_commit_callbacks(execute=True):
            assert next(steps).status_code == 200
        assert versions.champion(store, KIND) == serves
        assert sent == [("registry.follow_champion", store.pk, KIND)] * count


def test_what_was_refused_is_not_told(
    manager, train, sent, django_capture_on_commit_callbacks
):
    refused = versions.refuse(train(), "Not better.")
    with django_capture_on_commit_callbacks(execute=True):
        answer = person(manager).post(f"{API}{refused.pk}/promote/")
    assert (answer.status_code, sent) == (409, [])
