"""The examination: every trouble is named, with one thing to do; it never raises."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.sync.models import Connection, Notice
from apps.sync.services import reach, sentinel
from apps.sync.services.doctor import examine as doctor
from apps.sync.services.doctor.certificate import certificate_check
from apps.sync.services.doctor.check import Check
from apps.sync.services.doctor.facts import facts_checks
from tests.sync.conftest import SECRET
from tests.sync.raw_shop import answering

OTHER = ("ck_" + "8" * 40, "cs_" + "9" * 40)


@pytest.fixture(autouse=True)
def near(settings, fake):
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    fake.transport = lambda url, headers, body: 200


@pytest.fixture
def well(store, connection):
    """Connected, with webhooks, in the shop's zone and currency."""
    type(store).objects.filter(pk=store.pk).update(time_zone="America/New_York")
    store.refresh_from_db()
    connection.refresh_from_db()
    sentinel.look(connection, reach.client_of(connection), timezone.now())
    return connection


def examine(target):
    found = doctor.examine(target, timezone.now())
    assert all(bool(check.what_to_do) == (check.state != "ok") for check in found)
    return {check.name: check for check in found}


def states(found):
    return {name: str(check.state) for name, check in found.items()}


def moved_to(connection, url):
    Connection.objects.of(connection.store).update(url=url)
    connection.refresh_from_db()
    return connection


def test_a_healthy_shop_is_well(store, well):
    found = examine(store)
    assert states(found) == dict.fromkeys(
        [
            "Address", "Name", "REST API", "Speed", "Clock", "Keys", "Reading", "Writing",
            "Same shop", "WooCommerce", "WordPress", "Order tables", "WP-Cron",
            "Page caches", "Currency", "Webhooks", "Deliveries",
        ],
        "ok",
    )  # fmt: skip
    well.refresh_from_db()
    assert well.reached_at is not None


def test_a_store_without_a_shop(other_store):
    found = examine(other_store)
    assert states(found) == {"Connection": "bad"}


def test_a_name_that_nobody_knows(well):
    found = examine(moved_to(well, "https://no-such-shop.invalid"))
    assert found["Name"].state == "bad"
    assert "no-such-shop.invalid" in found["Name"].text


def test_a_shop_that_is_down(store, well):
    found = examine(moved_to(well, "http://127.0.0.1:9"))
    assert found["REST API"].text == "Your shop does not answer."
    well.refresh_from_db()
    assert well.status == Connection.Status.FAILING


def test_refused_keys(store, well, fake):
    fake.keys = {}
    found = examine(well)
    assert found["Keys"].state == "bad"
    assert "refuses the keys" in found["Keys"].text
    well.refresh_from_db()
    assert well.status == Connection.Status.REFUSED
    assert Notice.objects.of(store).filter(code=reach.REFUSED, closed_at=None).exists()


def test_it_heals_what_is_well_again(store, well, fake):
    keys, fake.keys = fake.keys, {}
    examine(well)
    fake.keys = keys
    examine(well)
    assert well.status == Connection.Status.ACTIVE


def test_keys_that_only_read(well, fake, store):
    permit(fake, "read")
    found = examine(well)
    assert (found["Reading"].state, found["Writing"].state) == ("ok", "warn")
    well.refresh_from_db()
    assert well.may_write is False


def test_keys_that_only_write(well, fake):
    permit(fake, "write")
    found = examine(well)
    assert found["Reading"].state == "bad"
    assert found["Reading"].text == (
        "The keys may not read products, customers, orders, coupons, webhooks."
    )


def permit(fake, permissions):
    from dataclasses import replace

    fake.keys = {
        name: replace(k, permissions=permissions) for name, k in fake.keys.items()
    }


@pytest.mark.parametrize(
    ("seconds", "state", "text"),
    [
        (600, "warn", "The shop's clock is 9 minutes ahead."),
        (1200, "bad", "minutes ahead. Over http it therefore refuses every request."),
        (-1200, "bad", "minutes behind. Over http it therefore refuses every request."),
    ],
)
def test_clocks_that_differ(well, fake, seconds, state, text):
    fake.quirks.clock_skew_seconds = seconds - 1 if seconds > 0 else seconds
    found = examine(well)
    assert found["Clock"].state == state
    assert text in found["Clock"].text


def test_a_copy_of_the_shop(well, fake):
    fake.quirks.staging_url = "https://staging.maison.example"
    found = examine(well)
    assert found["Same shop"].state == "bad"
    assert well.status == Connection.Status.MOVED


@pytest.mark.parametrize(
    ("status", "headers", "body", "said"),
    [
        (404, {}, b"<html>Not found</html>", "no WooCommerce REST API"),
        (200, {}, b"<html>Hello</html>", "error page"),
        (500, {}, b"<html>Fatal error</html>", "error page"),
        (503, {}, b"Maintenance", "asks for a pause"),
        (301, {"Location": "https://www.maison.example/wp-json/"}, b"", "https://www.maison.example"),
        (302, {"Location": "file:///etc/passwd"}, b"", "another address"),
        (200, {}, b'{"namespaces": ["wp/v2"]}', "no WooCommerce REST API"),
    ],
)  # fmt: skip
def test_answers_that_are_none(well, status, headers, body, said):
    with answering(status, headers, body) as url:
        found = examine(moved_to(well, url))
    assert found["REST API"].state == "bad" or found["WooCommerce"].state == "bad"
    assert any(said in check.text for check in found.values())


@pytest.mark.parametrize("status", [401, 403])
def test_a_security_plugin_that_closes_the_door(well, status):
    with answering(status, {}, b'{"code": "rest_forbidden", "message": "No."}') as url:
        found = examine(moved_to(well, url))
    assert found["REST API"].state == "warn"
    assert "/wp-json/" in found["REST API"].what_to_do


def test_it_ends_in_time_and_says_so(well, monkeypatch):
    monkeypatch.setattr(doctor, "LONGEST_SECONDS", 0.5)
    with answering(200, {}, None) as url:
        began = time.monotonic()
        found = examine(moved_to(well, url))
        assert time.monotonic() - began < 3
    assert found["Time"].state == "bad"


def test_a_private_address_where_shops_are_public(well, settings):
    settings.SHOPS_MAY_BE_PRIVATE = False
    found = examine(well)
    assert "private network" in found["Name"].text
    assert "127.0.0.1" not in found["Name"].text
    assert found["Address"].state == "warn"


def test_webhooks_that_cannot_arrive(well, settings):
    moved_to(well, "https://no-such-shop.invalid")
    found = examine(well)
    assert "no public address" in found["Webhooks"].text


def test_webhooks_that_are_off(store, well, fake):
    from apps.sync.models import Hook

    Hook.objects.of(store).filter(topic="order.created").update(status="disabled")
    assert examine(well)["Webhooks"].text == "1 of 15 webhooks are missing or off."


# What the shop says of itself


@pytest.mark.parametrize(
    ("changes", "name", "state", "said"),
    [
        ({"woocommerce": "7.9.2"}, "WooCommerce", "bad", "needs 8.0"),
        ({"woocommerce": "10.5.0-beta1"}, "WooCommerce", "ok", "supported"),
        ({"woocommerce": ""}, "WooCommerce", "ok", "does not tell"),
        ({"wordpress": "6.0.9"}, "WordPress", "bad", "needs 6.1"),
        ({"hpos": False}, "Order tables", "warn", "old tables"),
        ({"wp_cron": False}, "WP-Cron", "warn", "sent late or never"),
        ({"php_memory": 64.0 * 1024**2}, "Memory", "warn", "only 64 MB"),
        ({"php_seconds": 10.0}, "Time limit", "warn", "after 10 seconds"),
        ({"page_caches": ["WP Rocket"]}, "Page caches", "warn", "WP Rocket"),
        (
            {"currency": "USD"},
            "Currency",
            "bad",
            "sells in USD, but this store is kept in EUR",
        ),
        ({"currency_plugins": ["CURCY"]}, "Currency", "warn", "several currencies"),
        ({"time_zone": "Asia/Tokyo"}, "Time zone", "warn", "Asia/Tokyo"),
        ({"home_url": ""}, "Same shop", "warn", "will not change anything"),
    ],
)
def test_facts_that_matter(well, changes, name, state, said):
    found = {c.name: c for c in facts_checks(well, {**well.facts, **changes})}
    assert found[name].state == state
    assert said in found[name].text
    assert bool(found[name].what_to_do) == (state != "ok")


def test_a_shop_of_another_currency_is_told_what_to_do(store, well, fake):
    fake.currency = "USD"
    check = examine(store)["Currency"]
    assert check.text == (
        "The shop sells in USD, but this store is kept in EUR, so no sum counts its orders."
    )
    assert check.what_to_do == (
        "Open a store in LuxeBrain whose currency is USD, and connect the shop there."
    )
    assert open_notices(store) == [reach.CURRENCY]
    fake.currency = "EUR"
    assert examine(store)["Currency"].state == "ok"
    assert open_notices(store) == []


def open_notices(store):
    rows = Notice.objects.of(store).filter(closed_at=None)
    return list(rows.values_list("code", flat=True))


def test_every_page_cache_is_known_by_its_folder(fake, well):
    from apps.sync.woo.facts import PAGE_CACHES, folders, named

    plugins = folders([{"plugin": f"{folder}/{folder}.php"} for folder in PAGE_CACHES])
    assert named(plugins, PAGE_CACHES) == sorted(set(PAGE_CACHES.values()))
    assert folders([None, {}, {"plugin": 5}, "x"]) == {"", "5"}


# Certificates


@pytest.fixture(scope="module")
def certified(tmp_path_factory):
    """certified(days) -> port of a TLS server on 127.0.0.1 and the file to trust."""
    return lambda days: certificate(tmp_path_factory.mktemp("tls"), days)


def certificate(folder, days):
    import ipaddress

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "maison")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(5)
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days, hours=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "both.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def tls(monkeypatch):
    """Serves a certificate file; trusted when `trust`."""
    servers = []

    def start(file, *, trust=True):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)
        threading.Thread(target=shake, args=(server, context), daemon=True).start()
        if trust:
            monkeypatch.setenv("SSL_CERT_FILE", str(file))
        return f"https://127.0.0.1:{server.getsockname()[1]}"

    yield start
    for server in servers:
        server.close()


def shake(server, context):
    try:
        plain, _ = server.accept()
        with plain, context.wrap_socket(plain, server_side=True) as secure:
            secure.recv(1)
    except OSError:
        return


def look(url, **more):
    return certificate_check(url, timezone.now(), **{"may_be_private": True, **more})


def test_a_certificate_that_lasts(certified, tls):
    assert look(tls(certified(60))) == Check(
        "Certificate", "ok", "The certificate is valid for another 60 days."
    )


def test_a_certificate_that_ends_soon(certified, tls):
    found = look(tls(certified(13)))
    assert (found.state, "in 13 days" in found.text) == ("warn", True)


def test_a_certificate_that_nobody_trusts(certified, tls):
    assert look(tls(certified(60), trust=False)).state == "bad"


def test_no_certificate_is_asked_of_a_private_address(certified, tls):
    assert look(tls(certified(60)), may_be_private=False) is None


# The command


def test_the_command_prints_it(well, capsys):
    call_command("doctor", "maison")
    said = capsys.readouterr().out
    assert "ok    Keys: The keys are valid." in said
    assert SECRET not in said


def test_the_command_fails_when_something_is_bad(well, fake, capsys):
    fake.keys = {}
    with pytest.raises(SystemExit) as end:
        call_command("doctor", "maison", "--json")
    assert end.value.code == 1
    rows = json.loads(capsys.readouterr().out)
    bad = [row for row in rows if row["state"] == "bad"]
    assert [row["name"] for row in bad] == ["Keys"]


def test_the_command_knows_its_stores(db):
    with pytest.raises(CommandError):
        call_command("doctor", "nowhere")
