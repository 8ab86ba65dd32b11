from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from apps.events.models import Link, Sighting
from apps.events.services.people.sweep import forget, meet
from apps.events.services.people.timeline import MOST_VISITORS
from apps.shop.models import Customer
from tests.conftest import NOW
from tests.events.people.conftest import (
    act,
    after,
    event,
    link,
    order_event,
    person,
    spells,
    visit,
)
from tests.shop.conftest import make_order

pytestmark = pytest.mark.django_db


def placed(store, number, customer, minutes=0, total="100.00"):
    return make_order(
        store,
        customer=customer,
        number=str(number),
        woo_id=number,
        placed_at=after(minutes),
        total=Decimal(total),
    )


def test_an_order_that_is_known_links_its_customer(store, people):
    placed(store, 77, people[1])
    link(order_event(store, "v", 1, 77))
    assert spells(store) == [(1, None)]


def test_orders_on_many_browsers_crowd_nobody_out(store, people):
    """At a till, one customer's orders come from wherever they are typed in."""
    for n in range(MOST_VISITORS + 1):
        placed(store, 100 + n, people[1], minutes=n)
        link(order_event(store, f"v{n}", n, 100 + n))
    assert spells(store, f"v{MOST_VISITORS}") == [(1, None)]
    assert Link.objects.of(store).count() == MOST_VISITORS + 1


def test_an_order_that_comes_later_links_the_same(store, people, product):
    row, session = act(store, product, "v", -9), visit(store, "v", -9)
    link(order_event(store, "v", 1, 77))
    assert (spells(store), meet(NOW)) == ([], 0)
    placed(store, 77, people[1])
    assert meet(NOW) == 1
    row.refresh_from_db()
    session.refresh_from_db()
    assert spells(store) == [(1, None)]
    assert (row.customer, session.customer) == (people[1], people[1])
    assert meet(NOW) == 0


def test_a_guest_s_order_links_the_guest(store):
    guest = Customer.objects.create(store=store, email="g@mail.example", is_guest=True)
    placed(store, 77, guest)
    link(order_event(store, "v", 1, 77))
    assert spells(store) == [(guest.woo_id, None)]


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, {"value": 99.99}),
        (0, {"value": None}),
        (0, {"currency": "USD"}),
        (61, {}),
        (-61, {}),
        (0, {"context": '{"personal":false}'}),
        (0, {"properties": "{}"}),
        (0, {"properties": '{"order":"x"}'}),
    ],
)
def test_who_only_guesses_a_number_is_not_linked(store, people, minutes, said):
    placed(store, 77, people[1])
    link(order_event(store, "v", minutes, 77, **said))
    meet(NOW)
    assert spells(store) == []


def test_another_store_s_order_links_nobody(store, other_store, people):
    placed(store, 77, people[1])
    link(order_event(other_store, "v", 0, 77))
    assert meet(NOW) == 0


def test_a_customer_who_is_copied_later_is_linked_then(store):
    link(event(store, "v", 0, 5), event(store, "w", 0, 6))
    person(store, 5)
    assert meet(NOW) == 1
    assert (spells(store), spells(store, "w")) == ([(5, None)], [])


def test_what_never_gets_a_customer_is_dropped_after_a_month(store):
    link(event(store, "v", 0, 5))
    meet(NOW + timedelta(days=30))
    assert Sighting.objects.of(store).count() == 1
    meet(NOW + timedelta(days=30, seconds=1))
    assert Sighting.objects.of(store).count() == 0


def test_a_browser_that_is_not_seen_for_long_is_forgotten(store, people, product):
    row = act(store, product, "v", 1)
    link(event(store, "v", 0, 1), event(store, "w", 0, 2), event(store, "w", 90, 2))
    assert forget(after(1) + timedelta(days=400)) == 1
    assert (spells(store), spells(store, "w")) == ([], [(2, None)])
    row.refresh_from_db()
    assert row.customer == people[1]
