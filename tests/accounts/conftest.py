from __future__ import annotations

import json
import secrets
import time

import pytest
from celery import current_app
from django.test import Client

from apps.accounts.models import ApiKey, StoreOrigin
from apps.accounts.services import keys, signing

ORIGIN = "https://maison.example"


@pytest.fixture(autouse=True)
def jobs_at_once():
    """A task runs where it is sent, so that its mail is seen."""
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


class Server:
    """A store's server that signs its requests, and may be made to sign them wrong."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.client = Client()

    def headers(self, method, path, body=b"", *, at=None, nonce=None):
        timestamp = str(int(at if at is not None else time.time()))
        nonce = nonce or secrets.token_urlsafe(16)
        text = signing.canonical(method, path, timestamp, nonce, body)
        return {
            "LuxeBrain-Key": self.shown.rsplit("_", 1)[0],
            "LuxeBrain-Timestamp": timestamp,
            "LuxeBrain-Nonce": nonce,
            "LuxeBrain-Signature": signing.sign(signing.derive(self.shown), text),
        }

    def send(self, method, path, data=None, *, headers=None, **signed):
        body = json.dumps(data).encode() if data is not None else b""
        signature = self.headers(method, path, body, **signed)
        return self.client.generic(
            method,
            path,
            body,
            content_type="application/json",
            headers=signature | (headers or {}),
        )


@pytest.fixture
def secret(store):
    """The store's secret key: the row and what was shown."""
    return keys.create(store, ApiKey.Kind.SECRET, "plugin", ["read", "write"])


@pytest.fixture
def server(secret):
    return Server(secret[1])


@pytest.fixture
def page_key(store):
    StoreOrigin.objects.create(store=store, origin=ORIGIN)
    return keys.create(store, ApiKey.Kind.PUBLISHABLE, "shop pages")[1]


def token_headers(user, store=None):
    """What a person sends with each request."""
    answer = Client().post(
        "/api/v1/auth/token/",
        {"email": user.email, "password": "correct horse battery"},
        content_type="application/json",
    )
    headers = {"Authorization": f"Bearer {answer.json()['access']}"}
    if store:
        headers["LuxeBrain-Store"] = store.slug
    return headers


def person(user, store=None):
    """A client with this person's access token."""
    return Client(headers=token_headers(user, store))
