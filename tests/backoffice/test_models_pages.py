from __future__ import annotations

import pytest

from apps.accounts.models import AuditEntry
from apps.registry.services import versions
from tests.backoffice.conftest import signed_in
from tests.conftest import NOW


@pytest.fixture
def two(store):
    """The champion and a candidate."""
    first, second = (
        versions.register(store, "picks.trending", versions.Trained("decayed", NOW))
        for _ in range(2)
    )
    return versions.promote(first, NOW), second


def act(client, version, verb):
    return client.post(
        f"/admin/registry/modelversion/{version.pk}/do/{verb}/", follow=True
    )


def test_a_manager_promotes_and_goes_back(manager, two, store):
    first, second = two
    client = signed_in(manager)
    act(client, second, "promote")
    assert versions.champion(store, "picks.trending") == second
    act(client, second, "rollback")
    assert versions.champion(store, "picks.trending") == first
    acts = AuditEntry.objects.of(store).values_list("action", flat=True)
    assert {"model.promoted", "model.rolled_back"} <= set(acts)


def test_an_analyst_promotes_nothing(analyst, two, store):
    first, second = two
    assert act(signed_in(analyst), second, "promote").status_code == 403
    assert versions.champion(store, "picks.trending") == first


def test_there_is_no_way_back_from_the_first(manager, two):
    answer = act(signed_in(manager), two[0], "rollback")
    assert "no way back" in answer.content.decode()
