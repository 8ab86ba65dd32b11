"""The plugin of a real WordPress and a real LuxeBrain: there and back again."""

from __future__ import annotations

from html import unescape

import pytest
from django.utils import timezone

from apps.accounts.models import ApiKey, StoreOrigin
from apps.accounts.services import sealed
from apps.sync.models import Connection, PluginCode, PluginLink, Run
from apps.sync.services import plugin_codes
from tests.backoffice.conftest import signed_in
from tests.wordpress.connecting import (
    SCREEN,
    connection,
    open_shop,
    paste,
    press,
    woo_keys,
)

pytestmark = [
    pytest.mark.wordpress,
    pytest.mark.xdist_group("wordpress"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def shop(site):
    return open_shop(site)


def connect(ada, store, person=None):
    return paste(ada, plugin_codes.make(store, person, timezone.now()))


def test_a_code_connects_both_sides(shop, ada, luxebrain, store, manager):
    page = connect(ada, store, manager)

    assert "Connected to LuxeBrain as Maison." in page.text
    assert "The first sync waits for its turn." in page.text
    kept, link = Connection.objects.of(store).get(), PluginLink.objects.of(store).get()
    assert (kept.url, link.site) == (shop.url, shop.url)
    assert Run.objects.of(store).get().kind == Run.Kind.FIRST
    assert [row.origin for row in StoreOrigin.objects.of(store)] == [shop.url]
    assert connection(shop)["secret_key"].startswith(link.secret_key.prefix)
    assert shop.complaints() == []


def test_luxebrain_holds_the_key_that_woocommerce_made(shop, ada, luxebrain, store):
    connect(ada, store)

    (row,) = woo_keys(shop)
    keys = sealed.unseal(bytes(Connection.objects.of(store).get().sealed_keys))
    assert row[3] in keys.decode()
    assert PluginLink.objects.of(store).get().key_ending == row[4]


def test_the_other_time_zone_is_told_in_the_shop(shop, ada, luxebrain, store):
    assert "time zone is Europe/Berlin, but the store" in connect(ada, store).text


def test_a_code_is_good_once(shop, ada, luxebrain, store):
    code = plugin_codes.make(store, None, timezone.now())
    paste(ada, code)
    press(ada, "luxebrain_disconnect")

    page = paste(ada, code)

    assert "This code was used already" in page.text
    assert woo_keys(shop) == []


def test_a_demo_store_says_why_it_takes_no_shop(shop, ada, luxebrain, store):
    code = plugin_codes.make(store, None, timezone.now())
    store.platform = "demo"
    store.save()

    assert "The demo shop cannot be connected." in paste(ada, code).text


def test_disconnecting_in_the_shop_ends_it_here(shop, ada, luxebrain, store):
    connect(ada, store)

    page = press(ada, "luxebrain_disconnect")

    assert "Disconnected. Keys and webhooks are removed" in page.text
    assert not Connection.objects.of(store).exists()
    assert not PluginLink.objects.of(store).exists()
    assert ApiKey.objects.of(store).usable(timezone.now()).count() == 0


def test_it_connects_again_after_it_left(shop, ada, luxebrain, store):
    connect(ada, store)
    press(ada, "luxebrain_disconnect")

    assert "Connected to LuxeBrain as Maison." in connect(ada, store).text
    assert len(woo_keys(shop)) == 1


def test_the_button_goes_there_and_comes_back(shop, ada, luxebrain, store, manager):
    form = ada.form(ada.open(SCREEN), "luxebrain_begin")
    sent = ada.http.post(form.action, data=form.fields | {"url": luxebrain.url})
    address = sent.headers["Location"].removeprefix(luxebrain.url)
    person = signed_in(manager)
    assert shop.url in person.get(address).content.decode()
    approved = person.post(address, {"store": "maison"}).content.decode()
    back = unescape(approved.split('class="button" href="')[1].split('"')[0])

    page = ada.open(back.removeprefix(shop.url))

    assert "Connected to LuxeBrain as Maison." in page.text
    assert Connection.objects.of(store).get().url == shop.url
    assert PluginCode.objects.of(store).get().site == shop.url
