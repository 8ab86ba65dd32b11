"""The first sync by the plugin's export: faster, and the same to the last field."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from apps.accounts.models import ApiKey
from apps.accounts.services import keys
from apps.demo.fake_shop.server import Handler
from apps.shop.models import Order, Product
from apps.sync.models import Certificate, PluginLink, Run
from apps.sync.services import connect, runs
from apps.sync.services.plugin_signer import signer_of
from apps.sync.services.work import work
from apps.sync.woo.plugin import signed_path
from tests.sync.conftest import KEY, SECRET, have_plugin

MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
# What tells of the copying and not of the shop.
OURS = ("id", "store", "created_at", "updated_at")
WEEK = timedelta(days=7)


@pytest.fixture
def filled(fake):
    """With drafts, refunds, guests, a bin, and a broken-off checkout."""
    fake.fill(products=12, variations_per_product=2, customers=9, orders=130)
    scarf = fake.add_product(name="شال", regular_price="18")
    fake.place_order([(scarf, 0, 1)], email="guest@example.test")
    refunded = fake.place_order([(scarf, 0, 3)], email="Ada@example.test")
    fake.refund(refunded)
    fake.set_order_status(refunded, "completed")
    return fake


def carry(store, until=None):
    """A first sync, to its end, and in slices where `until` is always over."""
    run = runs.ask(store, Run.Kind.FIRST, timezone.now())
    slices = 1
    while not work(run, timezone.now, until):
        slices += 1
    run.refresh_from_db()
    assert run.status == Run.Status.DONE, run.error
    return slices


def connected(store, shop):
    connect.paste(store, shop.url, KEY, SECRET, person=None, at=timezone.now())
    return store


def rows(store):
    """Every row of every table of the shop, with shop ids in the place of our own."""
    return {
        model.__name__: sorted(
            (told(row) for row in model._default_manager.filter(store=store)), key=str
        )
        for model in apps.get_app_config("shop").get_models()
        if hasattr(model, "store_id")
    }


def told(row):
    found = {}
    for field in row._meta.concrete_fields:
        if field.name in OURS:
            continue
        value = getattr(row, field.name)
        found[field.name] = name_of(value) if field.is_relation else value
    for field in row._meta.many_to_many:
        found[field.name] = sorted(map(name_of, getattr(row, field.name).all()))
    return found


def name_of(row):
    return str(getattr(row, "woo_id", None) or getattr(row, "email", row))


@pytest.fixture
def asked(monkeypatch):
    """Addresses that the shop is asked, as its own log would say."""
    paths, before = [], Handler.serve

    def serve(self):
        paths.append(self.path)
        before(self)

    monkeypatch.setattr(Handler, "serve", serve)
    return paths


def lists(asked):
    """Of the kinds that the plugin exports."""
    return [path for path in asked if "/wc/v3/" in path and "offset=" in path]


def test_it_copies_the_same_both_ways(store, other_store, filled, asked):
    other_store.currency = "EUR"
    other_store.save()
    carry(connected(store, filled))
    asked.clear()
    connected(other_store, filled)
    have_plugin(other_store, filled)

    carry(other_store)

    first, second = rows(store), rows(other_store)
    assert {name: len(found) for name, found in first.items() if found} == {
        name: len(found) for name, found in second.items() if found
    }
    assert len(second["Order"]) >= 132
    for name, found in first.items():
        assert second[name] == found, name
    assert not any("/wc/v3/orders?" in path for path in lists(asked))
    assert any("/wc-luxebrain/v1/export?" in path for path in asked)


def test_it_goes_on_by_pages_where_the_export_breaks_off(store, filled, connection):
    have_plugin(store, filled)
    filled.quirks.export_breaks_after = 37

    carry(store)

    assert Order.objects.of(store).placed().count() == 132
    assert Product.objects.of(store).live().count() == 13


def test_it_goes_on_by_pages_where_the_plugin_dies_on_the_way(
    store, filled, connection, monkeypatch
):
    """After the first orders the plugin knows the key no more."""
    have_plugin(store, filled)
    filled.quirks.export_breaks_after = 100
    run = runs.ask(store, Run.Kind.FIRST, timezone.now())
    while not Order.objects.of(store).exists():
        assert not work(run, timezone.now, timezone.now())
    filled.quirks.plugin_key = "another"

    while not work(run, timezone.now, timezone.now()):
        pass

    assert Order.objects.of(store).placed().count() == 132


def test_it_goes_on_where_a_slice_ended(store, filled, connection):
    have_plugin(store, filled)

    slices = carry(store, timezone.now())

    assert slices > 6
    assert Order.objects.of(store).placed().count() == 132


@pytest.mark.parametrize("trouble", ["unknown key", "no key", "no plugin"])
def test_it_reads_pages_where_the_plugin_does_not_answer(
    store, filled, connection, trouble
):
    have_plugin(store, filled)
    if trouble == "unknown key":
        filled.quirks.plugin_key = "sk_of_somebody_else"
    elif trouble == "no key":
        ApiKey.objects.of(store).update(revoked_at=timezone.now())
    else:
        filled.quirks.has_plugin = False

    carry(store)

    assert Order.objects.of(store).placed().count() == 132
    connection.refresh_from_db()
    assert connection.status == "active"


def test_it_proves_by_pages_where_the_plugin_does_not_answer(
    store, filled, connection, prove
):
    filled.clock = lambda: MONDAY
    have_plugin(store, filled)
    carry(store)
    filled.quirks.plugin_key = "sk_of_somebody_else"

    certificate = prove()

    assert (certificate.verdict, certificate.method) == ("equal", "pages")


def test_it_proves_what_was_exported(store, filled, connection, prove):
    filled.clock = lambda: MONDAY
    have_plugin(store, filled)
    carry(store)

    certificate = prove()

    assert (certificate.verdict, certificate.method) == ("equal", "plugin")
    assert Certificate.objects.of(store).count() == 1


def test_it_signs_with_the_key_that_the_plugin_used_last(store, fake, connection):
    have_plugin(store, fake)
    now = timezone.now()
    old = PluginLink.objects.of(store).get().secret_key
    new, _ = keys.rotate(old, now)

    assert signer_of(store, now).prefix == old.prefix
    ApiKey.objects.of(store).filter(pk=new.pk).update(last_used_at=now)
    assert signer_of(store, now).prefix == new.prefix
    ApiKey.objects.of(store).filter(pk=new.pk).update(last_used_at=None)
    assert signer_of(store, now + WEEK).prefix == new.prefix
    keys.revoke(new, now)
    assert signer_of(store, now + WEEK) is None


def test_it_signs_the_route_and_its_query_sorted():
    path = signed_path("/wc-luxebrain/v1/export", {"kind": "orders", "_fields": "a,b"})

    assert path == "/wc-luxebrain/v1/export?_fields=a%2Cb&kind=orders"
