"""Of a few customers little is read, and it says the same as what is read of all."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.events.services.engines.chosen import engine
from apps.events.services.rows import Row
from apps.features.services import behavior
from apps.features.services.frame import frame
from apps.shop.models import Customer
from tests.conftest import NOW
from tests.features.conftest import ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(shop, ada, cleo, dov):
    """A tablet that Ada, then Cleo signed in on, and Dov's own phone."""
    dress = shop.product("Dress")
    for person in (ada, cleo, dov):
        shop.order(person, (dress, 1, "40"), days=30)
    shop.link("tablet", ada, days=20)
    shop.link("tablet", cleo, days=10)
    shop.link("phone", dov, days=15)
    shop.touch("product_view", dress, days=25, customer=ada, visitor="tablet")
    shop.touch("product_view", dress, days=12, customer=ada, visitor="tablet")
    shop.touch("product_view", dress, days=5, customer=cleo, visitor="tablet")
    shop.touch("product_view", dress, days=4, customer=dov, visitor="phone")
    # Named by a server; nobody signed in there.
    shop.touch("product_view", dress, days=3, customer=ada, visitor="kiosk")
    shop.visit("long", days=12, visitor="tablet", customer=ada)


def test_a_shared_tablet_is_whose_it_was(store, shared, ada, cleo, dov):
    of_all = {row["customer"]: row for row in frame(store, "customer", NOW).to_dicts()}
    for person, views in ((ada, 3), (cleo, 1), (dov, 1)):
        (row,) = frame(store, "customer", NOW, [person.pk]).to_dicts()
        assert row == of_all[person.pk]
        assert row["views_30"] == views


def test_other_people_s_visitors_are_not_read(store, shared, dov):
    with CaptureQueriesContext(connection) as asked:
        frame(store, "customer", NOW, [dov.pk])
    (links,) = [q["sql"] for q in asked if 'FROM "events_link"' in q["sql"]]
    assert "IN (SELECT" in links


@pytest.fixture
def mails(shop, shared, ada, cleo, dov):
    """Sent by number; opened and clicked in browsers, some of them by the shared one."""
    for number, person in enumerate((ada, cleo, dov), start=71):
        Customer.objects.filter(pk=person.pk).update(woo_id=number)
    for message, days in (("1", 25), ("2", 6), ("3", 2)):
        for number in (71, 72, 73):
            mail(shop, "message_sent", days, number, message=message)
    mail(shop, "message_opened", 19, visitor="tablet", message="1")
    mail(shop, "message_clicked", 5, visitor="tablet", message="2")
    # Ada's mail, on Dov's phone: it was Dov.
    mail(shop, "message_clicked", 1, 71, "phone", message="3")
    # Of somebody else, on the tablet that is Cleo's by then.
    mail(shop, "message_opened", 1, 73, "tablet", message="3")
    mail(shop, "message_opened", 100, 71, message="0")
    mail(shop, "page_view", 1, 71, "kiosk")


def mail(shop, kind, days, number=None, visitor="", message=""):
    at_ms = int(ago(days).timestamp() * 1000)
    mail.count = getattr(mail, "count", 0) + 1
    said = f'{{"message": "{message}"}}'.encode()
    row = Row(
        ((at_ms << 80) | mail.count).to_bytes(16, "big"), at_ms, kind, visitor, "",
        number, None, None, None, None, "", said, b"{}",
    )  # fmt: skip
    engine().append([engine().prepare(shop.store.pk, [row])], 1, NOW)
    shop.counted(kind, days=days)


@pytest.mark.parametrize("page", [1, 2, 10_000])
def test_messages_are_whose_they_were(store, mails, ada, cleo, dov, monkeypatch, page):
    monkeypatch.setattr(behavior, "PAGE", page)
    monkeypatch.setattr(behavior, "AT_ONCE", page)
    of_all = {row["customer"]: row for row in frame(store, "customer", NOW).to_dicts()}
    for person in (ada, cleo, dov):
        (row,) = frame(store, "customer", NOW, [person.pk]).to_dicts()
        assert row == of_all[person.pk]
        assert row["messages_90"] == 3
    shares = [of_all[one.pk]["open_share"] for one in (ada, cleo, dov)]
    assert shares == [0.333333, 0.666667, 0.333333]


def test_other_people_s_messages_are_not_read(store, mails, dov):
    with CaptureQueriesContext(connection) as asked:
        frame(store, "customer", NOW, [dov.pk])
    (events,) = [q["sql"] for q in asked if 'FROM "events_event"' in q["sql"]]
    assert '"customer_woo_id" IN (73)' in events
    assert "\"visitor\" IN ('phone')" in events


def test_where_no_messages_are_sent_no_events_are_read(store, shared, dov):
    with CaptureQueriesContext(connection) as asked:
        frame(store, "customer", NOW, [dov.pk])
    assert not [q for q in asked if 'FROM "events_event"' in q["sql"]]
