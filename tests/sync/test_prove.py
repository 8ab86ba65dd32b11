"""The comparison of shop and copy: what it finds, repairs, names and writes down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from apps.shop.models import Customer, Order, OrderLine, Product, Variant
from apps.sync.models import Certificate, Run
from apps.sync.services import queue, runs
from apps.sync.services.work import work
from tests.sync.conftest import have_plugin

pytestmark = pytest.mark.django_db
# A Monday: on Sundays every page is read, plugin or not.
MONDAY = datetime(2026, 11, 16, 12, tzinfo=UTC)
LATELY = MONDAY - timedelta(days=3)


@pytest.fixture
def shop(fake, sync):
    fake.clock = lambda: MONDAY
    fake.fill(products=12, variations_per_product=2, customers=9, orders=60)
    sync(Run.Kind.FIRST)
    return fake


@pytest.fixture
def found(prove):
    """Differences by kind and id, and the verdict."""

    def run():
        certificate = prove()
        rows = certificate.differences.order_by("kind", "woo_id")
        named = {(d.kind, d.woo_id): (d.what, d.fields) for d in rows}
        assert all(row.repaired_at for row in rows)
        return named, certificate

    return run


def placed(store):
    return Order.objects.of(store).placed().order_by("woo_id")


def spoil(store):
    """What no webhook and no poll would ever tell."""
    wrong, lost, surplus = placed(store)[0], placed(store)[1], placed(store)[2]
    Order.objects.of(store).filter(pk=wrong.pk).update(total=1)
    OrderLine.objects.of(store).filter(order=wrong).update(quantity=77)
    named = {
        ("orders", wrong.woo_id): ("differs", ["lines", "total"]),
        ("orders", lost.woo_id): ("missing", []),
        ("orders", 10**6): ("extra", []),
    }
    lost.delete()
    Order.objects.of(store).filter(pk=surplus.pk).update(updated_at=timezone.now())
    Order.objects.create(
        store=store, woo_id=10**6, number="x", status="completed", currency="EUR",
        placed_at=LATELY, source_created_at=LATELY, source_modified_at=LATELY,
    )  # fmt: skip
    return named


def test_nothing_differs_after_a_first_sync(shop, found):
    named, certificate = found()
    assert (named, certificate.verdict) == ({}, "equal")
    assert {line.kind for line in certificate.lines.all()} >= {
        "orders", "products", "variations", "customers", "refunds",
    }  # fmt: skip
    assert all(line.shop_digest == line.our_digest for line in certificate.lines.all())


def test_it_names_and_repairs_what_differs(shop, store, found):
    wrong = spoil(store)
    named, certificate = found()
    assert named == wrong
    assert certificate.verdict == "repaired"
    again, after = found()
    assert (again, after.verdict) == ({}, "equal")


def test_a_shop_that_was_set_back_is_right(shop, store, found):
    """Restored from a backup: everything there is older than our copy, and true."""
    order = placed(store)[3]
    later = MONDAY + timedelta(days=30)
    Order.objects.of(store).filter(pk=order.pk).update(
        status="cancelled", source_modified_at=later
    )
    named, _ = found()
    assert named == {("orders", order.woo_id): ("differs", ["status"])}
    order.refresh_from_db()
    assert order.status == shop.truth("orders")[order.woo_id]["status"]


def test_what_changes_just_now_is_no_fault(shop, store, found):
    order = placed(store)[0]
    shop.set_order_status(order.woo_id, "on-hold")
    named, certificate = found()
    assert (named, certificate.verdict) == ({}, "equal")
    order.refresh_from_db()
    assert order.status == "on-hold"


def test_each_field_of_each_kind_is_compared(shop, store, found):
    product = Product.objects.of(store).order_by("pk").first()
    Product.objects.of(store).filter(pk=product.pk).update(name="Other")
    variant = Variant.objects.of(store).exclude(product=product).first()
    Variant.objects.of(store).filter(pk=variant.pk).update(
        size="XXL", stock_quantity=-9
    )
    person = Customer.objects.of(store).exclude(woo_id=None).order_by("pk").last()
    Customer.objects.of(store).filter(pk=person.pk).update(phone="0000")
    named, _ = found()
    assert named[("products", product.woo_id)] == ("differs", ["name"])
    assert named[("customers", person.woo_id)] == ("differs", ["phone"])
    [(_, fields)] = [
        said for (_, woo_id), said in named.items() if woo_id == variant.woo_id
    ]
    assert fields in (["size", "stock_quantity"], ["variant"])


def test_a_proof_that_is_killed_goes_on_and_counts_once(shop, store, sync):
    run = runs.ask(store, Run.Kind.PROOF, timezone.now())
    slices = 0
    while not work(run, timezone.now, timezone.now()):
        slices += 1
    assert slices > 5
    certificate = Certificate.objects.of(store).get(run=run)
    lines = certificate.lines.filter(kind="orders")
    assert sum(line.shop_count for line in lines) == placed(store).count()
    assert certificate.verdict == "equal"


@pytest.fixture
def plugin(shop, store, connection):
    """The shop has our plugin, and says so."""
    have_plugin(store, shop)
    return shop


def test_with_the_plugin_sums_are_compared_instead_of_pages(plugin, found, asked):
    paths = asked()
    named, certificate = found()
    assert (named, certificate.verdict) == ({}, "equal")
    assert certificate.method == "plugin"
    lists = [path for path in paths if "offset" in path]
    assert not any("/wc/v3/orders?" in path for path in lists)
    assert not any("/wc/v3/customers?" in path for path in lists)
    assert sum(line.shop_count for line in certificate.lines.filter(kind="orders")) > 0


def test_with_the_plugin_only_days_that_differ_are_read(plugin, store, found, asked):
    order = placed(store)[5]
    Order.objects.of(store).filter(pk=order.pk).update(status="failed")
    paths = asked()
    named, certificate = found()
    assert named == {("orders", order.woo_id): ("differs", ["status"])}
    assert certificate.verdict == "repaired"
    [page] = [path for path in paths if "/wc/v3/orders?" in path and "offset" in path]
    assert "after=" in page
    assert "before=" in page
    total = sum(line.our_count for line in certificate.lines.filter(kind="orders"))
    assert total == placed(store).count()


def test_with_the_plugin_on_sundays_every_page_is_read(plugin, found, asked):
    plugin.clock = lambda: MONDAY - timedelta(days=1)
    paths = asked()
    _, certificate = found()
    assert certificate.method == "pages"
    assert any("/wc/v3/orders?" in path and "offset" in path for path in paths)


@pytest.fixture
def asked(shop, monkeypatch):
    """Addresses that the shop is asked from here on, as its own log would say."""
    from apps.demo.fake_shop.server import Handler

    def listen():
        paths = []
        before = Handler.serve

        def serve(self):
            paths.append(self.path)
            before(self)

        monkeypatch.setattr(Handler, "serve", serve)
        return paths

    return listen


def test_proofs_are_asked_for_stores_that_were_synced(shop, store, other_store):
    queue.ask_all(Run.Kind.PROOF, timezone.now())
    assert Run.objects.of(store).filter(kind=Run.Kind.PROOF).count() == 1
    assert not Run.objects.of(other_store).exists()
