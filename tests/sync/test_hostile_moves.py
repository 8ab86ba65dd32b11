"""Another shop behind new keys, a copy of the shop behind a pause, and who may connect."""

from __future__ import annotations

import pytest
from django.utils import timezone

from apps.accounts.models import Membership, Role
from apps.core.errors import ConflictError
from apps.demo.fake_shop.server import serve
from apps.demo.fake_shop.shop import FakeShop
from apps.shop.models import Order
from apps.sync.models import Connection, Notice, Run
from apps.sync.services import connect, pause, reach, runs, sentinel
from apps.sync.services.doctor.examine import examine
from apps.sync.services.work import work
from apps.sync.services.writing.send import MOVED, refusal
from apps.sync.woo.errors import AnotherShopError
from tests.conftest import NOW
from tests.sync.conftest import KEY, SECRET
from tests.sync.test_connect import answer_of, begin, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(fake):
    fake.fill(products=6, variations_per_product=2, customers=5, orders=12)
    return fake


@pytest.fixture
def copied(full, sync, connection):
    sync(Run.Kind.FIRST)
    return connection


@pytest.fixture
def stranger_shop():
    shop = FakeShop(key=KEY, secret=SECRET, seed=99)
    shop.fill(products=9, variations_per_product=1, customers=3, orders=20)
    with serve(shop):
        yield shop


@pytest.fixture
def public(settings):
    settings.PUBLIC_URL = "https://brain.example"


def paste(store, url):
    return connect.paste(store, url, KEY, SECRET, person=None, at=timezone.now())


def approve(store, url):
    state = begin(store, url=url)
    assert send(answer_of(state)).status_code == 200
    return Connection.objects.of(store).get()


def carry_on(store):
    run = runs.ask(store, Run.Kind.FIRST, timezone.now())
    assert work(run, timezone.now)
    run.refresh_from_db()
    return run


def numbers(store):
    return sorted(Order.objects.of(store).values_list("woo_id", "number", "total"))


# Another shop


def test_another_shop_is_refused_where_one_was_copied(store, copied, stranger_shop):
    before = Connection.objects.of(store).values().get()
    with pytest.raises(ConflictError, match="Open another store for it"):
        paste(store, stranger_shop.url)
    assert Connection.objects.of(store).values().get() == before


def test_another_shop_is_refused_after_a_disconnection(store, copied, stranger_shop):
    Connection.objects.of(store).delete()
    with pytest.raises(ConflictError, match="another shop"):
        paste(store, stranger_shop.url)


def test_an_empty_shop_is_not_the_one_that_was_copied(store, copied):
    with serve(FakeShop(key=KEY, secret=SECRET)) as url, pytest.raises(ConflictError):
        paste(store, url)


def test_the_same_shop_at_a_new_address_keeps_its_history(store, copied, full):
    before = numbers(store)
    with serve(full) as url:
        assert url != copied.url
        again = paste(store, url)
        assert (again.pk, again.url) == (copied.pk, url)
        assert carry_on(store).status == Run.Status.DONE
    assert numbers(store) == before


def test_an_order_that_is_gone_or_redated_does_not_hinder_a_move(store, copied, full):
    newest = Order.objects.of(store).placed().order_by("-woo_id")
    newest.first().delete()
    Order.objects.of(store).filter(pk=newest[1].pk).update(source_created_at=NOW)
    with serve(full) as url:
        assert paste(store, url).url == url


def test_products_tell_where_there_are_no_orders(store, copied, full, stranger_shop):
    Order.objects.of(store).all().delete()
    with pytest.raises(ConflictError):
        paste(store, stranger_shop.url)
    with serve(full) as url:
        assert paste(store, url).url == url


def test_approval_of_another_shop_copies_and_writes_nothing(
    store, copied, stranger_shop, public
):
    before = numbers(store)
    connection = approve(store, stranger_shop.url)
    assert connection.status == Connection.Status.MOVED
    assert refusal(connection) == MOVED
    run = carry_on(store)
    assert run.status == Run.Status.FAILED
    assert "another shop" in run.error
    connection.refresh_from_db()
    assert connection.status == Connection.Status.PAUSED
    told = Notice.objects.of(store).get(code=reach.ANOTHER, closed_at=None)
    assert "open another store for this one" in told.text
    assert numbers(store) == before
    assert not stranger_shop.webhooks.rows


def test_no_way_around_the_doubt(store, copied, stranger_shop, public):
    """Neither by approving twice, nor by a resume, a check, or the sentinel."""
    approve(store, stranger_shop.url)
    connection = approve(store, stranger_shop.url)
    assert connection.status == Connection.Status.MOVED
    carry_on(store)
    connection.refresh_from_db()
    pause.resume(connection, None, NOW)
    examine(connection, NOW)
    with pytest.raises(AnotherShopError):
        sentinel.look(connection, reach.client_of(connection), NOW)
    connection.refresh_from_db()
    assert connection.status == Connection.Status.MOVED
    assert not stranger_shop.webhooks.rows


def test_approval_of_the_same_shop_at_a_new_address(store, copied, full, public):
    with serve(full) as url:
        connection = approve(store, url)
        assert connection.status == Connection.Status.MOVED
        assert carry_on(store).status == Run.Status.DONE
        connection.refresh_from_db()
        assert connection.status == Connection.Status.ACTIVE


def test_going_back_to_the_right_shop_closes_the_notice(
    store, copied, full, stranger_shop, public
):
    approve(store, stranger_shop.url)
    carry_on(store)
    assert paste(store, full.url).status == Connection.Status.ACTIVE
    assert not Notice.objects.of(store).filter(closed_at=None).exists()


# A copy of the shop


def test_a_pause_does_not_make_a_copy_the_shop(store, fake, settings):
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    fake.transport = lambda url, headers, body: 200
    fake.quirks.staging_url = "https://maison.example"
    connection = paste(store, fake.url)
    pause.pause(connection, None, NOW)
    pause.resume(connection, None, NOW)
    assert connection.status == Connection.Status.MOVED
    assert sentinel.look(connection, reach.client_of(connection), NOW) == []
    assert not fake.webhooks.rows
    fake.quirks.staging_url = ""
    reach.learn_facts(connection, reach.client_of(connection), NOW)
    assert connection.status == Connection.Status.ACTIVE


def test_a_pause_keeps_what_a_write_found_out(store, fake, connection):
    """Before a write the address is asked anew; the facts still say the old one."""
    fake.quirks.staging_url = "https://maison.example"
    client = reach.client_of(connection)
    assert reach.ask_home(connection, client, NOW) is False
    pause.pause(connection, None, NOW)
    pause.resume(connection, None, NOW)
    assert connection.status == Connection.Status.MOVED


def test_the_sentinel_asks_an_approved_shop_who_it_is_first(
    store, fake, settings, public
):
    fake.quirks.staging_url = "https://maison.example"
    connection = approve(store, fake.url)
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    assert sentinel.look(connection, reach.client_of(connection), NOW) == []
    assert connection.status == Connection.Status.MOVED
    assert not fake.webhooks.rows


# Who may connect


def test_who_has_left_the_team_connects_nothing(store, manager, public):
    state = begin(store, manager)
    Membership.objects.filter(user=manager).delete()
    assert send(answer_of(state)).status_code == 404
    assert not Connection.objects.of(store).exists()


def test_who_may_only_read_by_now_connects_nothing(store, manager, public):
    state = begin(store, manager)
    Membership.objects.filter(user=manager).update(role=Role.ANALYST)
    assert send(answer_of(state)).status_code == 404
    assert not Connection.objects.of(store).exists()
