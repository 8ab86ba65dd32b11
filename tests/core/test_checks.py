from __future__ import annotations

import pytest
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from luxebrain.checks import TAG, refuse_unsafe_start

SAFE = {
    "DEPLOYMENT": "production",
    "DEBUG": False,
    "SECRET_KEY": "x" * 50,
    "IS_HTTPS": True,
    "ALLOWED_HOSTS": ["brain.example"],
    "FIELD_KEYS": ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="],
}


@pytest.fixture
def production(settings):
    for name, value in SAFE.items():
        setattr(settings, name, value)
    return settings


def found() -> list[str]:
    return [str(message.id) for message in checks.run_checks(tags=[TAG])]


def test_the_embedded_way_starts_with_its_defaults():
    assert found() == []


def test_a_safe_production_starts(production):
    assert found() == []
    refuse_unsafe_start()


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("DEBUG", True, "E001"),
        ("SECRET_KEY", "short", "E002"),
        ("IS_HTTPS", False, "E003"),
        ("ALLOWED_HOSTS", ["*"], "E004"),
        ("ALLOWED_HOSTS", [], "E004"),
        ("FIELD_KEYS", [], "E005"),
        ("FIELD_KEYS", ["not a key"], "E005"),
        ("DEPLOYMENT", "prod", "E006"),
        ("EVENTS_ENGINE", "kafka", "E007"),
        ("EVENTS_ENGINE", "clickhouse", "E007"),
    ],
)
def test_an_unsafe_production_is_refused(production, name, value, number):
    setattr(production, name, value)
    assert found() == [f"luxebrain.{number}"]
    with pytest.raises(ImproperlyConfigured, match=number):
        refuse_unsafe_start()


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEYS"])
def test_production_refuses_a_default_secret(production, name):
    default = production.DEFAULT_SECRET_KEY
    keys = [production.DEFAULT_FIELD_KEY]
    setattr(production, name, default if name == "SECRET_KEY" else keys)
    assert len(found()) == 1


def test_an_https_address_wants_secrets_of_its_own_under_any_name(settings):
    settings.IS_HTTPS = True
    assert sorted(found()) == ["luxebrain.E002", "luxebrain.E005"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://clickhouse.example:8443/luxebrain", []),
        ("http://clickhouse:8123/luxebrain", []),
        ("chdb:///tmp/events", ["luxebrain.E007"]),
        ("clickhouse://clickhouse:9000", ["luxebrain.E007"]),
    ],
)
def test_clickhouse_is_a_server_in_production(production, url, expected):
    production.EVENTS_ENGINE, production.CLICKHOUSE_URL = "clickhouse", url
    assert found() == expected


def test_clickhouse_may_be_embedded_where_all_is(settings):
    settings.EVENTS_ENGINE = "clickhouse"
    settings.CLICKHOUSE_URL = "chdb:///tmp/events"
    assert found() == []
