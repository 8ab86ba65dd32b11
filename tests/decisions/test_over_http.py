"""The same doors with real credentials: a token, a signed key, a page's key, none."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.accounts.models import ApiKey, StoreOrigin
from apps.accounts.services import keys
from tests.accounts.conftest import Server, person

URL = "/api/v1/decisions/suggestions/"


def test_a_manager_approves_with_a_token(manager, proposed):
    url, json = f"{URL}{proposed.pk}/approve/", "application/json"
    answer = person(manager).post(url, {"note": "Fine."}, content_type=json)
    assert (answer.status_code, answer.json()["status"]) == (200, "approved")


def test_a_server_approves_once_however_often_it_asks(store, proposed):
    shown = keys.create(store, ApiKey.Kind.SECRET, "plugin", ["read", "write"])[1]
    server, path = Server(shown), f"{URL}{proposed.pk}/approve/"
    first, again = (
        server.send("POST", path, {}, headers={"Idempotency-Key": "approve-7"})
        for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert proposed.steps.count() == 2


def test_a_server_that_may_only_read_approves_nothing(store, proposed):
    shown = keys.create(store, ApiKey.Kind.SECRET, "reports", ["read"])[1]
    server = Server(shown)
    assert server.send("GET", URL).status_code == 200
    assert server.send("POST", f"{URL}{proposed.pk}/approve/", {}).status_code == 403


def test_another_stores_token_finds_nothing(stranger, proposed):
    client = person(stranger)
    assert client.get(f"{URL}{proposed.pk}/").status_code == 404
    answer = client.post(
        f"{URL}{proposed.pk}/approve/", {}, content_type="application/json"
    )
    assert answer.status_code == 404


@pytest.mark.parametrize("url", [URL, "/api/v1/decisions/", "/api/v1/models/"])
def test_shoppers_and_strangers_read_nothing(store, url):
    StoreOrigin.objects.create(store=store, origin="https://maison.example")
    shown = keys.create(store, ApiKey.Kind.PUBLISHABLE, "shop pages")[1]
    page = {"LuxeBrain-Key": shown, "Origin": "https://maison.example"}
    assert Client().get(url, headers=page).status_code == 403
    assert Client().get(url).status_code == 401
