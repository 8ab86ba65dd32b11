"""Webhooks in the shop: each topic once, ours only."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from apps.accounts.services import sealed
from apps.sync.models import Hook
from apps.sync.services import hooks, reach
from apps.sync.services.hooks import Mended
from apps.sync.woo import signing
from apps.sync.woo.errors import NotPermittedError
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def near(settings, fake):
    """We answer where the shop can reach us."""
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    fake.transport = lambda url, headers, body: 200


@pytest.fixture
def client(connection):
    return reach.client_of(connection)


def in_shop(fake):
    return [(hook.topic, hook.status) for hook in fake.webhooks]


def of_topic(fake, topic):
    return next(hook for hook in fake.webhooks if hook.topic == topic)


def test_it_makes_each_topic_once(store, fake, connection, client):
    assert hooks.register(connection, client, NOW) == []
    assert in_shop(fake) == [(topic, "active") for topic in hooks.TOPICS]
    made = of_topic(fake, "order.updated")
    assert made.url == (
        f"http://127.0.0.1:8000/api/v1/webhooks/order-updated?to={connection.hook_token}"
    )
    assert made.name == "LuxeBrain order.updated"
    known = Hook.objects.of(store).get(topic="order.updated")
    assert (known.woo_id, known.status, known.repairs) == (made.id, "active", 0)
    assert (known.created_at, known.seen_at) == (NOW, NOW)


def test_twice_is_once(fake, connection, client):
    hooks.register(connection, client, NOW)
    before = list(fake.webhooks)
    assert hooks.register(connection, client, NOW) == []
    assert list(fake.webhooks) == before


def test_it_adopts_what_it_made_before_a_restore_of_our_database(
    store, fake, connection, client
):
    hooks.register(connection, client, NOW)
    Hook.objects.of(store).delete()
    assert hooks.register(connection, client, NOW) == []
    assert len(fake.webhooks) == 15
    assert Hook.objects.of(store).count() == 15


def test_it_removes_doubles_of_its_own(fake, connection, client):
    hooks.register(connection, client, NOW)
    first = of_topic(fake, "order.created")
    fake.add_webhook("order.created", first.url)
    assert hooks.register(connection, client, NOW) == []
    assert len(fake.webhooks) == 15
    assert of_topic(fake, "order.created") is first


def test_it_never_touches_others_webhooks(fake, connection, client):
    theirs = [
        fake.add_webhook("order.created", "https://erp.example/in"),
        fake.add_webhook("order.created", "https://other.example/api/v1/webhooks/order-created?to=theirs"),
        fake.add_webhook("order.updated", f"https://evil.example/{connection.hook_token}"),
    ]  # fmt: skip
    fake.webhooks[theirs[0]].status = "disabled"
    hooks.register(connection, client, NOW)
    assert len(fake.webhooks) == 18
    hooks.remove_all(client, connection.hook_token)
    assert [hook.id for hook in fake.webhooks] == theirs
    assert fake.webhooks[theirs[0]].status == "disabled"


def test_it_finds_its_own_behind_many_pages(fake, connection, client):
    for n in range(230):
        fake.add_webhook("order.created", f"https://erp.example/{n}")
    hooks.register(connection, client, NOW)
    hooks.register(connection, client, NOW)
    assert len(fake.webhooks) == 245


def test_after_luxebrain_moved_the_old_addresses_go(fake, connection, client, settings):
    hooks.register(connection, client, NOW)
    settings.PUBLIC_URL = "http://127.0.0.1:9000"
    mended = hooks.register(connection, client, NOW)
    assert mended == [Mended(topic, "changed") for topic in hooks.TOPICS]
    assert {hook.url[:21] for hook in fake.webhooks} == {"http://127.0.0.1:9000"}


def test_a_disabled_one_is_made_anew(store, fake, connection, client):
    """Waking it would keep its six failures: the next would disable it again."""
    hooks.register(connection, client, NOW)
    old = of_topic(fake, "order.updated")
    old.status, old.failures = "disabled", 6
    mended = hooks.register(connection, client, NOW)
    assert mended == [Mended("order.updated", "disabled")]
    new = of_topic(fake, "order.updated")
    assert (new.status, new.failures) == ("active", 0)
    assert new.id != old.id
    known = Hook.objects.of(store).get(topic="order.updated")
    assert (known.woo_id, known.repairs, known.repaired_at) == (new.id, 1, NOW)


def test_the_shop_signs_with_our_secret(fake, connection, client):
    hooks.register(connection, client, NOW)
    fake.add_customer("ada@mail.example", "Ada", "Byron")
    sent = fake.deliver()
    master = sealed.unseal(bytes(connection.sealed_hook_secret)).decode()
    secret = signing.secret_of(master, "customer.created")
    assert sent[0].delivery.topic == "customer.created"
    wanted = base64.b64encode(
        hmac.new(secret.encode(), sent[0].body, hashlib.sha256).digest()
    )
    assert sent[0].headers["X-WC-Webhook-Signature"] == wanted.decode()
    # What WooCommerce would change in a secret is not in it.
    assert secret.isalnum()


def test_keys_without_the_right_to_make_them(store, fake, connection, client):
    fake.add_key("read", key="ck_" + "5" * 40, secret="cs_" + "6" * 40)
    client.woo.consumer_key, client.woo.consumer_secret = (
        "ck_" + "5" * 40,
        "cs_" + "6" * 40,
    )
    with pytest.raises(NotPermittedError):
        hooks.register(connection, client, NOW)
    assert not Hook.objects.of(store).exists()


@pytest.mark.parametrize(
    ("ours", "shop", "can"),
    [
        ("http://localhost:8000", "https://maison.example", False),
        ("http://192.168.1.5:8000", "https://maison.example", False),
        ("http://brain.local", "https://maison.example", False),
        ("http://localhost:8000", "http://127.0.0.1:8090", True),
        ("https://brain.example", "https://maison.example", True),
        ("https://brain.example", "http://127.0.0.1:8090", True),
    ],
)
def test_it_knows_whether_a_shop_can_reach_us(connection, settings, ours, shop, can):
    settings.PUBLIC_URL, connection.url = ours, shop
    assert hooks.can_arrive(connection) is can
