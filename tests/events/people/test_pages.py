"""Devices over HTTP: the API's list, and the merchant's pages with the undo button."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.events.models import IdentityChange, Link
from apps.shop.services.merge import merge
from tests import callers
from tests.conftest import NOW
from tests.events.people.conftest import event, last_change, link, spells

pytestmark = pytest.mark.django_db
GO_ON = "Go on?"


@pytest.fixture
def devices(store, people):
    link(event(store, "v", 0, 1), event(store, "w", 0, 1), event(store, "w", 5, 2))


def api(client, customer):
    return client.get(f"/api/v1/events/people/{customer.pk}/")


def admin(user):
    client = Client()
    client.force_login(user)
    return client


def test_a_server_lists_the_devices_of_a_customer(store, people, devices):
    found = api(callers.server(store, "read"), people[1]).json()["results"]
    assert {(row["visitor"], row["ended_at"] is None) for row in found} == {
        ("v", True),
        ("w", False),
    }
    assert set(found[0]) == {
        "visitor", "evidence", "first_at", "last_at", "ended_at",
    }  # fmt: skip


def test_devices_of_merged_customers_are_those_of_the_person(store, people, devices):
    merge(people[3], people[1], at=NOW, reason="same phone")
    merge(people[3], people[2], at=NOW, reason="same phone")
    client = callers.server(store, "read")
    assert len(api(client, people[3]).json()["results"]) == 3
    assert api(client, people[1]).status_code == 404


def test_nobody_else_sees_them(store, other_store, people, devices, stranger):
    assert api(callers.server(other_store, "read"), people[1]).status_code == 404
    assert api(callers.server(store, "events"), people[1]).status_code == 403
    assert api(callers.person(stranger), people[1]).status_code == 404
    assert api(Client(), people[1]).status_code == 401


def test_a_manager_parts_a_device_and_takes_that_back(store, manager, devices):
    client, row = admin(manager), Link.objects.of(store).get(visitor="v")
    part = reverse("admin:events_link_verb", args=[row.pk, "part"])
    assert GO_ON in client.get(part).content.decode()
    assert spells(store) == [(1, None)]
    answer = client.post(part, follow=True)
    assert "no longer linked" in answer.content.decode()
    assert spells(store) == []
    entry = last_change(store, kind="undone")
    assert entry.actor == manager
    restore = reverse("admin:events_identitychange_verb", args=[entry.pk, "restore"])
    assert GO_ON in client.get(restore).content.decode()
    client.post(restore)
    assert spells(store) == [(1, None)]


def test_a_manager_undoes_an_entry_of_the_ledger(store, manager, devices):
    client, change = admin(manager), last_change(store)
    url = reverse("admin:events_identitychange_verb", args=[change.pk, "undo"])
    page = reverse("admin:events_identitychange_change", args=[change.pk])
    assert "This is not them" in client.get(page).content.decode()
    client.post(url)
    assert spells(store) == []
    assert "This is not them" not in client.get(page).content.decode()
    assert "undone already" in client.post(url, follow=True).content.decode()
    assert IdentityChange.objects.of(store).filter(kind="undone").count() == 1


def test_an_analyst_looks_and_changes_nothing(store, analyst, devices):
    client, row = admin(analyst), Link.objects.of(store).get(visitor="v")
    for name in ("link", "identitychange"):
        url = reverse(f"admin:events_{name}_changelist")
        assert client.get(url).status_code == 200
    part = reverse("admin:events_link_verb", args=[row.pk, "part"])
    assert client.post(part).status_code == 403
    assert spells(store) == [(1, None)]


def test_another_store_s_team_finds_nothing(store, stranger, devices):
    client, row = admin(stranger), Link.objects.of(store).get(visitor="v")
    part = reverse("admin:events_link_verb", args=[row.pk, "part"])
    assert client.post(part).status_code != 200
    assert spells(store) == [(1, None)]
    listed = client.get(reverse("admin:events_link_changelist")).content.decode()
    assert "Device v" not in listed
