from __future__ import annotations

import pytest
from django.utils import timezone

from apps.accounts.models import ApiKey
from apps.accounts.services import keys
from apps.demo.fake_shop.server import serve
from apps.demo.fake_shop.shop import FakeShop
from apps.sync.models import Certificate, Connection, PluginLink, Run
from apps.sync.services import connect, reach, runs
from apps.sync.services.copy import copy_payloads
from apps.sync.services.kinds import KINDS
from apps.sync.services.work import work


@pytest.fixture
def copy(store):
    """Copy payloads of a kind into the store, as every way of syncing does."""

    def run(kind, *payloads, **more):
        return copy_payloads(store, KINDS[kind], payloads, **more)

    return run


KEY, SECRET = "ck_" + "a" * 40, "cs_" + "b" * 40


@pytest.fixture
def fake():
    """A small fake WooCommerce over HTTP; `fake.url` is where it answers."""
    shop = FakeShop(
        name="Lab Store",
        time_zone="America/New_York",
        currency="EUR",
        key=KEY,
        secret=SECRET,
        seed=1,
    )
    with serve(shop):
        yield shop


@pytest.fixture
def connection(store, fake):
    return connect.paste(store, fake.url, KEY, SECRET, person=None, at=timezone.now())


@pytest.fixture
def sync(store, connection):
    """Carry a run of this kind to its end."""

    def run(kind):
        asked = runs.ask(store, kind, timezone.now())
        assert work(asked, timezone.now)
        asked.refresh_from_db()
        assert asked.status == Run.Status.DONE, asked.error
        return asked

    return run


@pytest.fixture
def prove(store, sync):
    """The certificate of a comparison made now."""

    def run():
        return Certificate.objects.of(store).get(run=sync(Run.Kind.PROOF))

    return run


def have_plugin(store, shop):
    """The shop has our plugin, which knows us; its secret key."""
    key, shown = keys.create(store, ApiKey.Kind.SECRET, "The shop's plugin")
    PluginLink.objects.create(
        store=store,
        site=shop.url,
        secret_key=key,
        key_ending=KEY[-7:],
        connected_at=timezone.now(),
    )
    shop.quirks.has_plugin, shop.quirks.plugin_key = True, shown
    row = Connection.objects.of(store).get()
    reach.learn_facts(row, reach.client_of(row), timezone.now())
    return shown
