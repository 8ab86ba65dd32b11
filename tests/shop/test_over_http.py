"""The same doors with real credentials: a token, a signed key, a page's key, none."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.accounts.models import ApiKey, StoreOrigin
from apps.accounts.services import keys
from apps.shop.models import Consent
from tests.accounts.conftest import Server, person

pytestmark = pytest.mark.django_db
PATHS = [
    f"/api/v1/{name}/"
    for name in (
        "products", "variants", "categories", "customers", "orders", "refunds",
        "coupons", "consents", "inventory/suppliers", "inventory/terms",
    )
]  # fmt: skip


@pytest.fixture
def server(store):
    scopes = ["read", "write"]
    return Server(keys.create(store, ApiKey.Kind.SECRET, "plugin", scopes)[1])


@pytest.mark.parametrize("url", PATHS)
def test_the_team_and_the_stores_server_may_read(analyst, server, url):
    assert person(analyst).get(url).status_code == 200
    assert server.send("GET", url).status_code == 200


@pytest.mark.parametrize("url", PATHS)
def test_shoppers_and_strangers_read_nothing(store, url):
    StoreOrigin.objects.create(store=store, origin="https://maison.example")
    shown = keys.create(store, ApiKey.Kind.PUBLISHABLE, "shop pages")[1]
    page = {"LuxeBrain-Key": shown, "Origin": "https://maison.example"}
    assert Client().get(url, headers=page).status_code == 403
    assert Client().get(url).status_code == 401


def test_a_statement_sent_again_with_its_key_is_one(store, server, dov):
    body = {
        "customer": dov.pk,
        "channel": "sms",
        "purpose": "marketing",
        "is_granted": True,
        "text_shown": "Text me.",
        "text_version": "1",
        "surface": "checkout",
    }
    send = {"headers": {"Idempotency-Key": "consent-7"}}
    first, again = (
        server.send("POST", "/api/v1/consents/", body, **send) for _ in range(2)
    )
    assert (first.status_code, first.json()) == (201, again.json())
    assert Consent.objects.of(store).count() == 1
