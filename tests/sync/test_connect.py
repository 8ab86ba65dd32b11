"""Connecting: by approval, by pasted keys, again, and never for a stranger."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from apps.accounts.models import AuditEntry, Store
from apps.accounts.services import sealed
from apps.core.errors import ConflictError, InvalidInputError
from apps.demo.fake_shop.server import serve
from apps.demo.fake_shop.shop import FakeShop
from apps.sync.models import ConnectAttempt, Connection, Hook, Notice, Run
from apps.sync.services import connect, hooks, reach
from apps.sync.services.disconnect import disconnect
from apps.sync.woo.errors import (
    CertificateInvalidError,
    KeysRefusedError,
    NotPermittedError,
    ShopBrokenError,
    ShopMovedError,
    ShopUnreachableError,
    UnsafeAddressError,
)
from tests.conftest import NOW
from tests.sync.conftest import KEY, SECRET
from tests.sync.raw_shop import answering

OTHER_KEY, OTHER_SECRET = "ck_" + "8" * 40, "cs_" + "9" * 40


@pytest.fixture
def public(settings):
    settings.PUBLIC_URL = "https://brain.example"


def state_in(address):
    return parse_qs(urlsplit(address).query)["user_id"][0]


def answer_of(state, **more):
    return {
        "key_id": 7, "user_id": state, "consumer_key": KEY, "consumer_secret": SECRET,
        "key_permissions": "read_write", **more,
    }  # fmt: skip


def send(body):
    return Client().post("/connect/keys/", json.dumps(body), "application/json")


def begin(store, person=None, url="https://maison.example/wp-admin/"):
    return state_in(connect.begin(store, url, person, timezone.now()))


def paste(store, url, key=KEY, secret=SECRET):
    return connect.paste(store, url, key, secret, person=None, at=NOW)


def secrets_of(connection):
    return json.loads(sealed.unseal(bytes(connection.sealed_keys)))


# By approval


def test_it_sends_the_merchant_to_the_shop(store, owner, public):
    address = connect.begin(store, "maison.example/wp-admin/", owner, NOW)
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    state = query.pop("user_id")
    assert address.startswith("https://maison.example/wc-auth/v1/authorize?")
    assert query == {
        "app_name": "LuxeBrain",
        "scope": "read_write",
        "return_url": "https://brain.example/connect/back/",
        "callback_url": "https://brain.example/connect/keys/",
    }
    attempt = ConnectAttempt.objects.of(store).get()
    assert len(state) == 43
    assert state not in str(attempt.__dict__)
    assert attempt.expires_at == NOW + timedelta(minutes=30)


def test_it_takes_the_keys_that_the_shop_sends(store, owner, public):
    assert send(answer_of(begin(store, owner))).status_code == 200
    connection = Connection.objects.of(store).get()
    assert connection.url == "https://maison.example"
    assert secrets_of(connection) == {"key": KEY, "secret": SECRET}
    assert (connection.key_ending, connection.may_write) == (KEY[-7:], True)
    assert Run.objects.of(store).get().kind == Run.Kind.FIRST
    entry = AuditEntry.objects.of(store).get(action="shop.connected")
    assert entry.actor == owner
    assert entry.detail == {
        "how": "approved", "key_ending": KEY[-7:], "may_write": True
    }  # fmt: skip


def test_a_stranger_without_the_state_changes_nothing(store, connection, public):
    before = Connection.objects.of(store).values().get()
    begin(store)
    for state in ("", "guess", None, 5, "a" * 5000):
        assert send(answer_of(state)).status_code == 404
    assert Connection.objects.of(store).values().get() == before
    assert Run.objects.of(store).count() == 1
    assert ConnectAttempt.objects.of(store).get().used_at is None


def test_a_state_works_once(store, public):
    state = begin(store)
    assert send(answer_of(state)).status_code == 200
    again = answer_of(state, consumer_key=OTHER_KEY, consumer_secret=OTHER_SECRET)
    assert send(again).status_code == 404
    assert secrets_of(Connection.objects.of(store).get())["key"] == KEY


def test_a_state_ends_after_half_an_hour(store, public):
    state = begin(store)
    with time_machine.travel(timezone.now() + timedelta(minutes=30, seconds=1)):
        assert send(answer_of(state)).status_code == 404
    assert not Connection.objects.of(store).exists()


def test_a_state_connects_only_the_store_that_began(store, other_store, public):
    assert send(answer_of(begin(other_store))).status_code == 200
    assert not Connection.objects.of(store).exists()
    assert Connection.objects.of(other_store).get().url == "https://maison.example"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 4000, b'"text"', b"x" * 9000]
)
def test_nonsense_is_no_answer_of_a_shop(db, body):
    answer = Client().post("/connect/keys/", body, "application/json")
    assert answer.status_code == 404


def test_keys_that_are_none_leave_the_state_as_it_was(store, public):
    state = begin(store)
    assert send(answer_of(state, consumer_key="ck_<script>")).status_code == 400
    assert send(answer_of(state)).status_code == 200


def test_callers_of_the_callback_are_counted(db, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "ip": "2/min"}
    assert [send({}).status_code for _ in range(3)] == [404, 404, 429]


def test_only_a_post_may_bring_keys(db):
    assert Client().get("/connect/keys/").status_code == 405


def test_a_merchant_who_says_no_ends_the_attempt(store, owner, public):
    state = begin(store, owner)
    client = Client()
    client.force_login(owner)
    answer = client.get("/connect/back/", {"success": "0", "user_id": state})
    assert answer.url == "/admin/sync/connection/"
    assert send(answer_of(state)).status_code == 404


def test_coming_back_needs_a_person(db):
    assert Client().get("/connect/back/?success=1").status_code == 302
    assert "/login/" in Client().get("/connect/back/?success=1").url


def test_approval_needs_https_on_our_side(store, settings):
    settings.PUBLIC_URL = "http://localhost:8000"
    with pytest.raises(InvalidInputError, match="Paste them instead"):
        connect.begin(store, "maison.example", None, NOW)
    assert not ConnectAttempt.objects.of(store).exists()


def test_old_attempts_are_forgotten(store, public):
    begin(store)
    assert connect.forget_attempts(timezone.now() + timedelta(hours=24)) == 0
    assert connect.forget_attempts(timezone.now() + timedelta(hours=25)) == 1


def test_the_whole_approval_with_a_shop(store, fake, settings, live_server):
    """The shop's page, its Approve, its POST to us, and the keys work."""
    settings.PUBLIC_URL = "https://brain.example"
    address = connect.begin(store, fake.url, None, timezone.now())
    here = live_server.url.replace("localhost", "127.0.0.1")
    settings.ALLOWED_HOSTS = ["*"]
    granted = address.replace("/authorize?", "/access_granted?").replace(
        "https%3A%2F%2Fbrain.example", here.replace(":", "%3A").replace("/", "%2F")
    )
    assert post_to(granted) == 302
    client = reach.client_of(Connection.objects.of(store).get())
    assert client.get("orders", per_page=1).data == []


def post_to(url):
    import http.client

    parts = urlsplit(url)
    wire = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    try:
        wire.request("POST", f"{parts.path}?{parts.query}")
        return wire.getresponse().status
    finally:
        wire.close()


# By pasted keys


def test_pasted_keys_are_tried_and_kept(store, fake):
    connection = paste(store, f"{fake.url}/wp-admin/", f" {KEY}\n", SECRET)
    assert connection.url == fake.url
    assert connection.status == Connection.Status.ACTIVE
    assert connection.may_write is True
    assert connection.facts["woocommerce"] == "10.5.0"
    assert connection.facts["time_zone"] == "America/New_York"
    assert connection.facts["routes"] == {"variations": True, "refunds": True}
    assert Run.objects.of(store).get().kind == Run.Kind.FIRST
    assert not fake.webhooks.rows


def test_trying_changes_nothing_in_the_shop(store, fake):
    before = {kind: fake.truth(kind) for kind in ("products", "orders", "coupons")}
    paste(store, fake.url)
    assert {kind: fake.truth(kind) for kind in before} == before


def test_a_key_that_only_reads_is_known_as_such(store, fake):
    fake.add_key("read", key=OTHER_KEY, secret=OTHER_SECRET)
    assert paste(store, fake.url, OTHER_KEY, OTHER_SECRET).may_write is False


def test_a_key_that_only_writes_is_refused(store, fake):
    fake.add_key("write", key=OTHER_KEY, secret=OTHER_SECRET)
    with pytest.raises(NotPermittedError):
        paste(store, fake.url, OTHER_KEY, OTHER_SECRET)
    assert not Connection.objects.of(store).exists()


@pytest.mark.parametrize(("key", "secret"), [(OTHER_KEY, SECRET), (KEY, OTHER_SECRET)])
def test_wrong_keys_leave_the_old_ones(store, connection, fake, key, secret):
    before = Connection.objects.of(store).values().get()
    with pytest.raises(KeysRefusedError):
        paste(store, fake.url, key, secret)
    assert Connection.objects.of(store).values().get() == before


@pytest.mark.parametrize(("key", "secret"), [("", SECRET), (SECRET, KEY), (KEY, "x")])
def test_what_is_no_key_is_never_sent(store, fake, key, secret):
    with pytest.raises(InvalidInputError, match="Copy both whole"):
        paste(store, fake.url, key, secret)


def test_other_keys_keep_what_was_built(store, fake, connection):
    Run.objects.create(store=store, kind="first", status="done", asked_at=NOW)
    hooks.register(connection, reach.client_of(connection), NOW)
    again = paste(store, fake.url)
    assert again.pk == connection.pk
    assert again.hook_token == connection.hook_token
    assert Hook.objects.of(store).count() == 15
    assert Run.objects.of(store).filter(status="done").count() == 1


def test_another_shop_gets_other_secrets(store, connection):
    with serve(FakeShop(key=KEY, secret=SECRET)) as url:
        again = paste(store, url)
    assert again.hook_token != connection.hook_token
    assert bytes(again.sealed_hook_secret) != bytes(connection.sealed_hook_secret)


def test_a_copy_of_the_shop_is_connected_for_reading(store, fake):
    fake.quirks.staging_url = "https://maison.example"
    connection = paste(store, fake.url)
    assert connection.status == Connection.Status.MOVED
    assert list(Connection.objects.of(store).reachable()) == [connection]
    told = Notice.objects.of(store).get(code=reach.MOVED, closed_at=None)
    assert "https://maison.example" in told.text
    fake.quirks.staging_url = ""
    facts = reach.learn_facts(connection, reach.client_of(connection), NOW)
    assert reach.is_same_shop(connection, facts)
    assert connection.status == Connection.Status.ACTIVE
    assert not Notice.objects.of(store).filter(closed_at=None).exists()


def test_a_shop_of_another_currency_is_connected_with_a_notice(store, fake):
    fake.currency = "USD"
    connection = paste(store, fake.url)
    assert connection.status == Connection.Status.ACTIVE
    told = Notice.objects.of(store).get(code=reach.CURRENCY, closed_at=None)
    assert told.text == (
        "Your shop sells in USD, but this store is kept in EUR. Its orders are copied, "
        "but no sum counts them. Open a store in LuxeBrain whose currency is USD, and "
        "connect the shop there."
    )
    fake.currency = "EUR"
    reach.learn_facts(connection, reach.client_of(connection), NOW)
    assert not Notice.objects.of(store).filter(closed_at=None).exists()


# What hostile shops answer


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd", "https://evil.example/wp-json/", "//evil.example/",
        "gopher://127.0.0.1:6379/", "",
    ],
)  # fmt: skip
def test_it_follows_no_strange_redirect(store, location):
    moved = pytest.raises(ShopMovedError)
    with answering(302, {"Location": location}, b"") as url, moved:
        paste(store, url)
    assert not Connection.objects.of(store).exists()


def test_a_page_is_no_answer(store):
    broken = pytest.raises(ShopBrokenError)
    with answering(200, {}, b"<html>Welcome</html>") as url, broken:
        paste(store, url)


def test_an_answer_of_other_shape_is_survived(store):
    with answering(200, {}, b'[{"name": 5}, "home", null]') as url:
        connection = paste(store, url)
    assert connection.facts["home_url"] == ""
    assert connection.facts["order_statuses"][0] == "pending"


def test_an_endless_answer_ends(store, monkeypatch):
    monkeypatch.setattr(connect, "PERSON_WAITS", 0.5)
    with answering(200, {}, None) as url, pytest.raises(ShopUnreachableError):
        paste(store, url)


def test_a_private_address_is_refused_where_shops_are_public(store, fake, settings):
    settings.SHOPS_MAY_BE_PRIVATE = False
    with pytest.raises(UnsafeAddressError):
        paste(store, fake.url)
    assert not Connection.objects.of(store).exists()


def test_nothing_is_even_knocked_at_in_our_own_network(store, settings):
    """An open port and a closed one are refused alike."""
    settings.SHOPS_MAY_BE_PRIVATE = False
    for url in ("http://127.0.0.1:9", "http://[::1]:9", "http://[::ffff:127.0.0.1]:9",
                "http://169.254.169.254", "http://10.0.0.1", "http://0.0.0.0:9"):  # fmt: skip
        with pytest.raises(UnsafeAddressError):
            paste(store, url)


@pytest.mark.parametrize(
    "url", ["ftp://maison.example", "https://a:b@maison.example", "//", " "]
)
def test_what_is_no_address_is_refused(store, url):
    with pytest.raises(InvalidInputError):
        paste(store, url)


# New encryption keys


def test_keys_of_shops_move_to_a_new_field_key(store, connection, settings):
    from cryptography.fernet import Fernet

    new = Fernet.generate_key().decode()
    settings.FIELD_KEYS = [new, *settings.FIELD_KEYS]
    call_command("rotate_field_keys")
    settings.FIELD_KEYS = [new]
    connection.refresh_from_db()
    assert secrets_of(connection) == {"key": KEY, "secret": SECRET}
    assert len(sealed.unseal(bytes(connection.sealed_hook_secret))) == 64


# Leaving


def test_it_disconnects_and_keeps_the_copy(store, owner, fake, connection):
    others = fake.add_webhook("order.created", "https://other.example/hook")
    hooks.register(connection, reach.client_of(connection), NOW)
    assert disconnect(connection, owner, NOW) is True
    assert list(fake.webhooks.rows) == [others]
    assert not Connection.objects.of(store).exists()
    assert not Hook.objects.of(store).exists()
    entry = AuditEntry.objects.of(store).get(action="shop.disconnected")
    assert entry.detail == {"key_ending": KEY[-7:], "webhooks_removed": True}


def test_a_shop_that_is_gone_can_be_left(store, owner, connection):
    Connection.objects.of(store).update(url="http://127.0.0.1:9")
    connection.refresh_from_db()
    run = Run.objects.of(store).get()
    assert disconnect(connection, owner, NOW) is False
    assert not Connection.objects.of(store).exists()
    run.refresh_from_db()
    assert run.status == Run.Status.STOPPED


def test_an_address_without_a_scheme_is_asked_for_one_where_it_has_no_https(
    store, fake
):
    bare = fake.url.removeprefix("http://")
    with pytest.raises(InvalidInputError) as said:
        paste(store, bare)
    assert said.value.message == (
        f"Your shop has no valid certificate at https://{bare}. If it has no https, as "
        "on your own computer, write http:// before the address."
    )
    with pytest.raises(CertificateInvalidError):
        paste(store, f"https://{bare}")
    assert not Connection.objects.of(store).exists()


# Stores that take no shop


@pytest.mark.parametrize(
    ("platform", "reason"),
    [
        ("demo", "The demo shop cannot be connected. Open a store of your own for your shop."),
        ("files", "This store lives on imported files and cannot be connected. Open another store for your shop."),
    ],
)  # fmt: skip
def test_a_store_with_rows_of_no_shop_is_not_connected(
    store, owner, fake, public, platform, reason
):
    Store.objects.filter(pk=store.pk).update(platform=platform)
    store.refresh_from_db()
    with pytest.raises(ConflictError) as begun:
        begin(store, owner)
    with pytest.raises(ConflictError) as pasted:
        paste(store, fake.url)
    assert (begun.value.message, pasted.value.message) == (reason, reason)
    assert not ConnectAttempt.objects.of(store).exists()
    assert not Connection.objects.of(store).exists()


# The command


def test_the_command_connects_and_makes_webhooks(
    store, fake, settings, monkeypatch, capsys
):
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    monkeypatch.setenv("SHOP_KEY", KEY)
    monkeypatch.setenv("SHOP_SECRET", SECRET)
    call_command("connect_shop", "maison", fake.url)
    assert Connection.objects.of(store).get().url == fake.url
    assert len(fake.webhooks) == 15
    said = capsys.readouterr().out
    assert KEY not in said
    assert "15 webhooks" in said


def test_the_command_says_what_to_do(store, fake, monkeypatch):
    monkeypatch.setenv("SHOP_KEY", OTHER_KEY)
    monkeypatch.setenv("SHOP_SECRET", SECRET)
    with pytest.raises(CommandError, match="refuses the keys"):
        call_command("connect_shop", "maison", fake.url)


def test_keys_show_nowhere(store, fake, caplog):
    """Not even where the HTTP library logs the signed addresses that it asks."""
    # By name, too: other libraries quieten it.
    for name in (None, "urllib3", "urllib3.connectionpool"):
        caplog.set_level("DEBUG", name)
    connection = paste(store, fake.url)
    client = reach.client_of(connection)
    keys = connect.Keys(fake.url, KEY, SECRET)
    seen = " ".join(
        [
            *logged(caplog.records), repr(connection), repr(client), repr(keys), str(connection.facts),
            str(AuditEntry.objects.of(store).values()), repr(connect.Visit(keys, {}, None)),
        ]
    )  # fmt: skip
    assert "oauth_consumer_key=[key]" in seen
    assert KEY not in seen
    assert SECRET not in seen


def logged(records):
    """As our handlers write them."""
    ours = [handler for handler in logging.getLogger().handlers if is_ours(handler)]
    return [handler.format(record) for record in records for handler in ours]


def is_ours(handler):
    return type(handler.formatter).__module__.startswith("structlog")
