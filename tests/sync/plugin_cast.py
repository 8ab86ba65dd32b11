"""The plugin of a shop, as LuxeBrain hears it."""

from __future__ import annotations

import base64
import json

from django.test import Client
from django.utils import timezone

from apps.sync.services import plugin_codes
from tests.accounts.conftest import Server
from tests.sync.conftest import KEY, SECRET

ADDRESS = "/api/v1/connect/plugin/"
HOME = "https://maison.example"


def opened(code):
    """What stands in a code that is pasted."""
    text = code.removeprefix("lbc1_")
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def new_code(store, person=None, *, site=""):
    return opened(plugin_codes.make(store, person, timezone.now(), site=site))["code"]


def shop_says(code, **changed):
    return {
        "code": code,
        "home_url": HOME,
        "site_url": HOME,
        "consumer_key": KEY,
        "consumer_secret": SECRET,
        "currency": "EUR",
        "time_zone": "Europe/Berlin",
        "versions": {"plugin": "0.1.0", "wordpress": "6.5", "php": "8.1.2"},
        **changed,
    }


def send(body):
    return Client().post(ADDRESS, json.dumps(body), "application/json")


def connect_plugin(store, person=None, **changed):
    """The answer to a plugin that connects."""
    answer = send(shop_says(new_code(store, person), **changed))
    assert answer.status_code == 200, answer.content
    return answer.json()


def plugin_of(linked):
    """Signs as the plugin does from then on."""
    return Server(linked["secret_key"])
