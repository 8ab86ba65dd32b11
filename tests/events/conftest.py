"""A page and a server that send events, and the rows that come of it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import StoreOrigin
from apps.accounts.services import keys
from apps.core.ids import uuid7
from apps.events.models import Event
from tests.accounts.conftest import Server

PATH = "/api/v1/events/track"
ORIGIN = "https://maison.example"


@dataclass
class Page:
    """A shop's page in a browser."""

    key: str
    origin: str = ORIGIN

    def post(self, body: bytes, **headers: str) -> Any:
        return Client(raise_request_exception=False).post(
            f"{PATH}?key={self.key}", body, content_type="text/plain",
            headers={"Origin": self.origin, **headers},
        )  # fmt: skip

    def send(self, *events: dict[str, Any], **batch: Any) -> Any:
        return self.post(json.dumps({**batch, "events": events}).encode())


@pytest.fixture
def page(store):
    StoreOrigin.objects.create(store=store, origin=ORIGIN)
    return Page(keys.create(store, "pk", "Pages")[1])


@pytest.fixture
def server(store):
    return Server(keys.create(store, "sk", "Plugin")[1])


def event(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "id": str(uuid7()), "at": round(time.time() * 1000), **fields}


def rows(store) -> list[Event]:
    return list(Event.objects.of(store).order_by("id"))
