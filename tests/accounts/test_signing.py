from __future__ import annotations

import base64
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts.models import UsedNonce
from apps.accounts.services import keys, nonces, signing
from tests.house.sources import ROOT

pytestmark = pytest.mark.django_db
VECTORS = json.loads((ROOT / "tests/fixtures/signing_vectors.json").read_text())
WHOAMI = "/api/v1/auth/whoami"


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_it_signs_as_the_vectors_say(vector):
    body = base64.b64decode(vector["body_base64"])
    text = signing.canonical(
        vector["method"],
        vector["path"],
        str(vector["timestamp"]),
        vector["nonce"],
        body,
    )
    assert text.decode() == vector["canonical"]
    assert signing.sign(signing.derive(vector["key"]), text) == vector["signature"]


def test_a_signed_request_is_recognized(server, store):
    answer = server.send("GET", WHOAMI)
    assert answer.status_code == 200
    assert answer.json() == {
        "kind": "secret",
        "store": store.slug,
        "store_name": store.name,
        "role": None,
        "scopes": ["read", "write"],
    }


@pytest.mark.parametrize(
    "path", [f"{WHOAMI}?b=2&a=1", f"{WHOAMI}?q=%D8%B9", f"{WHOAMI}?q=a%20b&q="]
)
def test_the_query_is_signed_as_it_was_sent(server, path):
    assert server.send("GET", path).status_code == 200


def test_a_replayed_request_is_refused(server):
    nonce = "n" * 20
    assert server.send("GET", WHOAMI, nonce=nonce).status_code == 200
    again = server.send("GET", WHOAMI, nonce=nonce)
    assert again.status_code == 401
    assert again.json()["title"] == "This request was accepted before."


@pytest.mark.parametrize(
    ("seconds", "status"), [(-300, 200), (300, 200), (-301, 401), (301, 401)]
)
def test_a_timestamp_counts_for_five_minutes(server, seconds, status):
    moment = datetime(2026, 6, 1, 12, 0, 0, 900_000, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        answer = server.send("GET", WHOAMI, at=int(time.time()) + seconds)
    assert answer.status_code == status


def test_a_nonce_is_spent_once(secret):
    key, now = secret[0], timezone.now()
    assert [nonces.spend(key, "n" * 16, now) for _ in range(2)] == [True, False]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_at_once_with_one_nonce_pass_once(server):
    headers = server.headers("GET", WHOAMI)

    def send(_):
        try:
            return Client().get(WHOAMI, headers=headers).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        codes = sorted(threads.map(send, range(8)))
    assert codes == [200, *[401] * 7]


def test_a_nonce_is_remembered_as_long_as_its_request_is_fresh(secret):
    key, now = secret[0], timezone.now()
    nonces.spend(key, "n" * 16, now)
    assert nonces.forget(now + timedelta(seconds=601)) == 0
    assert nonces.forget(now + timedelta(seconds=661)) == 1


def test_an_altered_body_is_refused(server):
    headers = server.headers("POST", "/api/v1/stores/", b'{"name": "a"}')
    answer = server.client.post(
        "/api/v1/stores/",
        b'{"name": "b"}',
        content_type="application/json",
        headers=headers,
    )
    assert answer.status_code == 401
    assert not UsedNonce.objects.exists()


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", WHOAMI), ("GET", f"{WHOAMI}?x=1"), ("GET", "/api/v1/stores/")],
)
def test_a_signature_is_for_one_method_path_and_query(server, method, path):
    headers = server.headers("GET", WHOAMI)
    assert server.client.generic(method, path, headers=headers).status_code == 401


def test_another_key_s_signature_is_refused(server, other_store):
    theirs, _ = keys.create(other_store, "sk", "rival", ["read"])
    headers = server.headers("GET", WHOAMI) | {"LuxeBrain-Key": theirs.prefix}
    assert server.client.get(WHOAMI, headers=headers).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"LuxeBrain-Signature": ""},
        {"LuxeBrain-Signature": "é"},
        {"LuxeBrain-Timestamp": "١٢٣"},
        {"LuxeBrain-Timestamp": "9" * 300},
        {"LuxeBrain-Nonce": "short"},
        {"LuxeBrain-Nonce": "a b" * 10},
        {"LuxeBrain-Key": "sk_unknown"},
    ],
)
def test_a_malformed_header_is_refused(server, change):
    headers = server.headers("GET", WHOAMI) | change
    assert server.client.get(WHOAMI, headers=headers).status_code == 401


def test_the_whole_key_is_nowhere_at_rest(secret):
    key, shown = secret
    stored = json.dumps(
        [key.prefix, key.digest, bytes(key.signing_key).hex(), str(key)]
    )
    assert shown.rsplit("_", 1)[1] not in stored
    assert signing.derive(shown) not in bytes(key.signing_key)
