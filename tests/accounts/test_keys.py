from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from apps.accounts.models import ApiKey, AuditEntry
from apps.accounts.services import keys, reseal, sealed, signing
from apps.core.errors import ConflictError, InvalidInputError
from tests.accounts.conftest import ORIGIN, Server

pytestmark = pytest.mark.django_db
WHOAMI = "/api/v1/auth/whoami"


def test_a_revoked_key_opens_nothing_from_then_on(server, secret):
    assert server.send("GET", WHOAMI).status_code == 200
    keys.revoke(secret[0])
    assert server.send("GET", WHOAMI).status_code == 401


def test_both_keys_work_until_the_overlap_ends(secret):
    old = Server(secret[1])
    new = Server(keys.rotate(secret[0])[1])
    assert old.send("GET", WHOAMI).status_code == 200
    assert new.send("GET", WHOAMI).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert old.send("GET", WHOAMI).status_code == 401
        assert new.send("GET", WHOAMI).status_code == 200


def test_a_key_is_rotated_once(secret):
    keys.rotate(secret[0])
    with pytest.raises(ConflictError):
        keys.rotate(secret[0])
    assert ApiKey.objects.of(secret[0].store).count() == 2


def test_every_act_on_a_key_is_in_the_audit_trail(secret, owner):
    new, _ = keys.rotate(secret[0], actor=owner)
    keys.revoke(new, actor=owner)
    entries = AuditEntry.objects.of(new.store).order_by("pk")
    assert [(e.action, e.actor) for e in entries] == [
        ("key.created", None),
        ("key.rotated", owner),
        ("key.revoked", owner),
    ]


@pytest.mark.parametrize(
    ("kind", "name", "scopes"),
    [("xx", "a", []), ("sk", " ", []), ("sk", "a", ["everything"])],
)
def test_a_key_that_makes_no_sense_is_not_made(store, kind, name, scopes):
    with pytest.raises(InvalidInputError):
        keys.create(store, kind, name, scopes)
    assert not ApiKey.objects.of(store).exists()


def test_use_is_noted_at_most_once_a_minute(secret):
    key, now = secret[0], timezone.now()
    keys.note_use(key, now)
    key.refresh_from_db()
    keys.note_use(key, now + timedelta(seconds=30))
    key.refresh_from_db()
    assert key.last_used_at == now


def test_a_page_key_works_on_its_shop_s_pages(page_key, store):
    answer = Client().get(WHOAMI, headers={"LuxeBrain-Key": page_key, "Origin": ORIGIN})
    assert answer.json()["store"] == store.slug
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


@pytest.mark.parametrize("origin", ["", "https://evil.example", f"{ORIGIN}:8443"])
def test_a_page_key_works_nowhere_else(page_key, origin):
    headers = {"LuxeBrain-Key": page_key, "Origin": origin}
    answer = Client().get(WHOAMI, headers=headers)
    assert answer.status_code == 401
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_page_key_may_not_read_the_shop(page_key):
    headers = {"LuxeBrain-Key": page_key, "Origin": ORIGIN}
    assert Client().get("/api/v1/stores/", headers=headers).status_code == 403


def test_stored_secrets_can_move_to_a_new_field_key(secret, settings):
    new = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
    settings.FIELD_KEYS = [new, *settings.FIELD_KEYS]
    assert reseal.reseal_all() == 1
    settings.FIELD_KEYS = [new]
    key = ApiKey.objects.of(secret[0].store).get()
    assert sealed.unseal(bytes(key.signing_key)) == signing.derive(secret[1])


def test_a_missing_field_key_is_a_named_error(secret, settings):
    settings.FIELD_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
    with pytest.raises(sealed.UnreadableSecretError):
        sealed.unseal(bytes(secret[0].signing_key))
