"""Of a few customers little is read, and it says the same as what is read of all."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.features.services.frame import frame
from tests.conftest import NOW

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
