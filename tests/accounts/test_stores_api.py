from __future__ import annotations

import json

import pytest

from apps.accounts.models import ApiKey, AuditEntry, Role, Store, StoreOrigin
from apps.accounts.services import stores
from apps.core.errors import ConflictError, InvalidInputError
from tests.accounts.conftest import person

pytestmark = pytest.mark.django_db
OF_STORE = ["members", "keys", "origins", "usage", "audit"]


def send(client, method, path, data=None):
    return client.generic(
        method, f"/api/v1/{path}", json.dumps(data or {}), "application/json"
    )


def test_one_sees_one_s_own_stores(owner, store, other_store):
    answer = person(owner).get("/api/v1/stores/").json()
    assert [row["slug"] for row in answer["results"]] == [store.slug]


@pytest.mark.parametrize("name", OF_STORE)
def test_what_belongs_to_another_store_is_not_there(owner, other_store, name):
    path = f"/api/v1/stores/{other_store.slug}/{name}/"
    assert person(owner).get(path).status_code == 404


@pytest.mark.parametrize("name", OF_STORE)
def test_only_owners_see_what_belongs_to_a_store(owner, analyst, manager, store, name):
    path = f"/api/v1/stores/{store.slug}/{name}/"
    assert person(owner).get(path).status_code == 200
    assert person(analyst).get(path).status_code == 403
    assert person(manager).get(path).status_code == 403


def test_an_owner_here_is_no_owner_there(owner, store, other_store):
    other_store.memberships.create(user=owner, role=Role.ANALYST)
    client = person(owner, store)
    path = f"stores/{other_store.slug}/keys/"
    assert send(client, "POST", path, {"kind": "sk", "name": "x"}).status_code == 403
    assert not ApiKey.objects.of(other_store).exists()


def test_a_key_is_shown_once(owner, store):
    client = person(owner)
    path = f"stores/{store.slug}/keys/"
    made = send(client, "POST", path, {"kind": "sk", "name": "plugin"}).json()
    listed = client.get(f"/api/v1/{path}").json()["results"][0]
    assert made["key"].startswith(f"{made['prefix']}_")
    assert "key" not in listed
    assert made["key"] not in json.dumps(listed)


def test_a_key_is_rotated_and_revoked(owner, store):
    client, path = person(owner), f"stores/{store.slug}/keys/"
    made = send(client, "POST", path, {"kind": "sk", "name": "plugin"}).json()
    new = send(client, "POST", f"{path}{made['id']}/rotate/").json()
    assert new["key"] != made["key"]
    assert send(client, "POST", f"{path}{new['id']}/revoke/").status_code == 204
    assert ApiKey.objects.of(store).get(pk=new["id"]).revoked_at is not None


def test_an_address_is_registered_once(owner, store):
    client, path = person(owner), f"stores/{store.slug}/origins/"
    data = {"origin": "https://maison.example"}
    assert send(client, "POST", path, data).status_code == 201
    assert send(client, "POST", path, data).status_code == 409


@pytest.mark.parametrize(
    "origin", ["maison.example", "https://maison.example/path", "javascript:x", "*"]
)
def test_what_is_no_address_is_refused(owner, store, origin):
    path = f"stores/{store.slug}/origins/"
    assert send(person(owner), "POST", path, {"origin": origin}).status_code == 400
    assert not StoreOrigin.objects.of(store).exists()


def test_an_owner_changes_the_time_zone(owner, store):
    path = f"stores/{store.slug}/"
    send(person(owner), "PATCH", path, {"time_zone": "Asia/Dubai"})
    store.refresh_from_db()
    assert store.time_zone == "Asia/Dubai"
    entry = AuditEntry.objects.of(store).get(action="store.changed")
    assert entry.detail == {"time_zone": "Asia/Dubai"}


def test_a_time_zone_that_does_not_exist_changes_nothing(owner, store):
    path = f"stores/{store.slug}/"
    data = {"time_zone": "Mars/Olympus", "name": "New"}
    assert send(person(owner), "PATCH", path, data).status_code == 400
    store.refresh_from_db()
    assert (store.time_zone, store.name) == ("UTC", "Maison")


def test_a_person_opens_a_store_and_owns_it(owner):
    data = {"name": "Zweite", "currency": "CHF", "url": "https://zweite.example"}
    answer = send(person(owner), "POST", "stores/", data)
    assert answer.status_code == 201
    opened = Store.objects.get(slug="zweite")
    assert opened.memberships.get().role == Role.OWNER
    assert StoreOrigin.objects.of(opened).get().origin == "https://zweite.example"


def test_a_key_opens_no_store(server):
    answer = server.send("POST", "/api/v1/stores/", {"name": "Zweite"})
    assert answer.status_code == 403
    assert Store.objects.count() == 1


def test_a_short_name_is_taken_once(owner, store):
    with pytest.raises(ConflictError):
        stores.open_store(name="Maison", owner=owner)


@pytest.mark.parametrize(
    "values", [{"currency": "euro"}, {"country": "d"}, {"plan": "gold"}]
)
def test_a_store_that_makes_no_sense_is_not_opened(owner, values):
    with pytest.raises(InvalidInputError):
        stores.open_store(name="Neu", owner=owner, settings=values)
    assert Store.objects.count() == 1
