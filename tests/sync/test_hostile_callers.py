"""Strangers at the doors: webhooks, the shop's callback, and the pages of the admin."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from apps.accounts.models import AuditEntry, Membership, Role
from apps.accounts.services import sealed
from apps.sync.models import (
    Certificate,
    Connection,
    Delivery,
    Difference,
    Notice,
    Run,
    Write,
)
from apps.sync.services import reach
from apps.sync.woo import signing
from tests.conftest import NOW
from tests.sync.conftest import KEY, SECRET

pytestmark = pytest.mark.django_db
XSS = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def secret_of(connection, topic):
    master = sealed.unseal(bytes(connection.sealed_hook_secret)).decode()
    return signing.secret_of(master, topic)


def deliver(connection, topic, body, *, signed_as=None, signature=None, token=None):
    if signature is None:
        signature = signing.sign(secret_of(connection, signed_as or topic), body)
    token = connection.hook_token if token is None else token
    return Client().post(
        f"/api/v1/webhooks/{topic.replace('.', '-')}?to={token}", body,
        "application/json", HTTP_X_WC_WEBHOOK_SIGNATURE=signature,
    )  # fmt: skip


@pytest.fixture
def theirs(other_store):
    return Connection.objects.create(
        store=other_store, url="https://rivale.example", key_ending="x", connected_at=NOW,
        sealed_keys=sealed.seal(b'{"key": "a", "secret": "b"}'), hook_token="their-token",
        sealed_hook_secret=sealed.seal(b"their secret"),
    )  # fmt: skip


# Webhooks


@pytest.mark.parametrize(
    "token", ["%00", "a%00b", "", "%ff", "x" * 500, "..", "%ud800"]
)
def test_no_token_upsets_the_door(connection, token):
    assert deliver(connection, "order.updated", b"{}", token=token).status_code == 404


@pytest.mark.parametrize("signature", ["", "x", "\u00e9\u00e9", "A" * 5000, "="])
def test_no_signature_upsets_the_door(connection, signature):
    answer = deliver(connection, "order.updated", b"{}", signature=signature)
    assert answer.status_code == 401
    assert not Delivery.objects.across_stores().exists()


def test_what_was_signed_for_one_topic_is_nothing_for_another(connection):
    body = b'{"id": 5}'
    answer = deliver(connection, "product.deleted", body, signed_as="order.updated")
    assert answer.status_code == 401
    assert not Delivery.objects.across_stores().exists()


def test_what_was_signed_for_one_store_is_nothing_for_another(connection, theirs):
    answer = deliver(connection, "order.updated", b'{"id": 5}', token="their-token")
    assert answer.status_code == 401
    assert not Delivery.objects.across_stores().exists()


def test_a_replay_makes_no_second_row(connection):
    for _ in range(3):
        assert deliver(connection, "order.updated", b'{"id": 5}').status_code == 200
    assert Delivery.objects.across_stores().get().times_received == 3


def test_a_body_without_measure_is_refused_before_it_is_read(connection, settings):
    body = b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    answer = deliver(connection, "order.updated", body)
    assert answer.status_code in (400, 413)
    assert not Delivery.objects.across_stores().exists()


# The callback


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_coming_back_leads_nowhere_else(store, owner, target):
    browser = Client()
    browser.force_login(owner)
    for name in ("next", "return_url", "redirect_to"):
        answer = browser.get("/connect/back/", {"success": "1", name: target})
        assert answer.url == "/admin/sync/connection/"


# The admin


@pytest.fixture
def browser(store):
    def login(user):
        client = Client()
        client.force_login(user)
        return client

    return login


@pytest.mark.parametrize(
    "verb", ["pause", "resume", "disconnect", "check", "reconnect"]
)
def test_who_only_reads_changes_no_connection(connection, analyst, browser, verb):
    before = Connection.objects.of(connection.store).values().get()
    answer = browser(analyst).post(f"/admin/sync/connection/{connection.pk}/do/{verb}/")
    assert answer.status_code in (302, 403, 404)
    assert Connection.objects.of(connection.store).values().get() == before


def test_who_only_reads_pastes_no_keys_and_asks_no_run(store, analyst, browser, fake):
    client = browser(analyst)
    values = {"url": fake.url, "key": KEY, "secret": SECRET}
    client.post("/admin/sync/connection/do/paste/", values)
    client.post("/admin/sync/run/do/proof/")
    assert not Connection.objects.of(store).exists()
    assert not Run.objects.of(store).exists()


def test_a_manager_may_not_disconnect(connection, manager, browser):
    browser(manager).post(f"/admin/sync/connection/{connection.pk}/do/disconnect/")
    assert Connection.objects.of(connection.store).exists()


def test_no_verb_without_the_token_of_the_page(connection, owner):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    address = f"/admin/sync/connection/{connection.pk}/do/disconnect/"
    assert client.post(address).status_code == 403
    assert Connection.objects.of(connection.store).exists()


def test_rows_of_another_store_are_not_there(theirs, owner, browser):
    store = theirs.store
    run = Run.objects.create(store=store, kind="first", asked_at=NOW)
    proof = Certificate.objects.create(store=store, run=run, started_at=NOW)
    write = Write.objects.create(
        store=store, kind="price", key="k", values={"sale_price": "1"}, before={"sale_price": "2"},
        woo_id=5, asked_at=NOW, asked_by="x", due_at=NOW, status="verified",
    )  # fmt: skip
    client = browser(owner)
    for name, row in (("connection", theirs), ("run", run), ("certificate", proof),
                      ("write", write)):  # fmt: skip
        page = client.get(f"/admin/sync/{name}/{row.pk}/change/", follow=True)
        assert "rivale" not in page.content.decode()
    for path in (f"connection/{theirs.pk}/do/disconnect/", f"run/{run.pk}/do/stop/",
                 f"write/{write.pk}/do/revert/", f"connection/{theirs.pk}/doctor/",
                 f"connection/{theirs.pk}/do/pause/"):  # fmt: skip
        client.post(f"/admin/sync/{path}")
    theirs.refresh_from_db()
    run.refresh_from_db()
    assert (theirs.status, run.status) == ("active", "waiting")
    assert Write.objects.of(store).count() == 1


def test_what_a_shop_says_is_text_on_every_page(store, connection, owner, browser):
    facts = dict.fromkeys(("name", "home_url", "woocommerce", "currency", "php"), XSS)
    Connection.objects.of(store).update(
        error=XSS, facts={**connection.facts, **facts, "page_caches": [XSS]}
    )
    Notice.objects.create(store=store, code="x", text=XSS, opened_at=NOW)
    run = Run.objects.of(store).get()
    Run.objects.of(store).update(error=XSS)
    proof = Certificate.objects.create(store=store, run=run, started_at=NOW)
    Difference.objects.create(
        store=store, certificate=proof, kind="orders", woo_id=0, what="unreadable",
        fields=[XSS],
    )  # fmt: skip
    Delivery.objects.create(
        store=store, topic="order.updated", body=XSS.encode(), digest="x", received_at=NOW,
        due_at=NOW, note=XSS,
    )  # fmt: skip
    client = browser(owner)
    for path in (f"connection/{connection.pk}/change/", "notice/", f"run/{run.pk}/change/",
                 f"certificate/{proof.pk}/change/", "delivery/", "run/"):  # fmt: skip
        answer = client.get(f"/admin/sync/{path}")
        page = answer.content.decode()
        assert answer.status_code == 200, path
        assert "<script>alert(1)" not in page, path
        assert "<img src=x" not in page, path


def test_secrets_are_on_no_page_and_in_no_record(store, connection, owner, browser):
    client = browser(owner)
    pages = [
        client.get(path, follow=True).content.decode()
        for path in (
            f"/admin/sync/connection/{connection.pk}/change/", "/admin/sync/connection/again/",
            f"/admin/sync/connection/{connection.pk}/history/", "/admin/sync/hook/",
            "/admin/sync/connection/?export=csv", "/metrics", "/admin/",
        )
    ]  # fmt: skip
    seen = " ".join(
        [*pages, json.dumps(list(AuditEntry.objects.of(store).values("detail")))]
    )
    master = sealed.unseal(bytes(connection.sealed_hook_secret)).decode()
    for secret in (KEY, SECRET, master, connection.hook_token):
        assert secret not in seen


def test_an_exception_tells_no_keys(connection, fake):
    """Error reports print the arguments of an exception, and what it came from."""
    Connection.objects.of(connection.store).update(url="http://127.0.0.1:9")
    connection.refresh_from_db()
    client = reach.client_of(connection)
    client.sleep = lambda _: None
    error, said = None, []
    try:
        client.get("orders")
    except Exception as caught:  # noqa: BLE001 - whatever it is
        error = caught
    while error is not None:
        said += [str(error.args)] if isinstance(error, reach.ShopError) else []
        error = error.__cause__
    assert said
    assert SECRET not in " ".join(said)


def test_roles_are_those_of_the_store_at_hand(connection, theirs, owner, browser):
    """Reads in one team, owns another: neither gives anything in the other."""
    Membership.objects.create(user=owner, store=theirs.store, role=Role.ANALYST)
    client = browser(owner)
    session = client.session
    session["store"] = theirs.store_id
    session.save()
    client.post(f"/admin/sync/connection/{theirs.pk}/do/disconnect/")
    assert Connection.objects.of(theirs.store).exists()
