from __future__ import annotations

import pytest

from apps.core.errors import ConflictError
from apps.shop.models import Address, Customer, CustomerMerge
from apps.shop.services.customers import find_or_create
from apps.shop.services.merge import merge, undo
from tests.conftest import NOW
from tests.shop.conftest import make_order

pytestmark = pytest.mark.django_db


def live_at(customer, city):
    return Address.objects.create(store=customer.store, customer=customer, city=city)


def test_orders_and_addresses_move(store, ada, dov):
    make_order(store, customer=dov)
    live_at(ada, "Bonn")
    live_at(dov, "Bonn")
    live_at(dov, "Köln")
    merge(ada, dov, at=NOW, reason="same phone")
    assert (ada.orders.count(), ada.last_ordered_at) == (1, NOW)
    assert sorted(ada.addresses.values_list("city", flat=True)) == ["Bonn", "Köln"]


def test_the_absorbed_is_no_customer_but_leads_to_one(store, ada, dov):
    merge(ada, dov, at=NOW, reason="same phone")
    assert list(Customer.objects.of(store).live()) == [ada]
    assert find_or_create(store, dov.email) == (ada, False)


def test_it_can_be_undone_to_the_row(store, ada, dov):
    order, address = make_order(store, customer=dov), live_at(dov, "Köln")
    merged = merge(ada, dov, at=NOW, reason="same phone")
    own = make_order(store, customer=ada, number="2")
    undo(merged, at=NOW)
    for row, owner in ((order, dov), (address, dov), (own, ada)):
        row.refresh_from_db()
        assert row.customer == owner
    dov.refresh_from_db()
    assert (dov.merged_into, dov.last_ordered_at) == (None, NOW)


def test_who_was_merged_before_follows(store, ada, dov, cleo):
    merge(dov, cleo, at=NOW, reason="same phone")
    merged = merge(ada, dov, at=NOW, reason="same phone")
    cleo.refresh_from_db()
    assert cleo.merged_into == ada
    undo(merged, at=NOW)
    cleo.refresh_from_db()
    assert cleo.merged_into == dov


def test_it_is_undone_once(store, ada, dov):
    merged = merge(ada, dov, at=NOW, reason="same phone")
    undo(merged, at=NOW)
    with pytest.raises(ConflictError, match="already"):
        undo(merged, at=NOW)


def test_nobody_is_merged_twice_or_with_themselves(store, ada, dov, cleo):
    merge(ada, dov, at=NOW, reason="same phone")
    for kept, absorbed in ((cleo, dov), (dov, cleo), (ada, ada)):
        with pytest.raises(ConflictError):
            merge(kept, absorbed, at=NOW, reason="mistake")
    assert CustomerMerge.objects.of(store).count() == 1


def test_people_of_two_stores_stay_apart(ada, other_store):
    other, _ = find_or_create(other_store, ada.email)
    with pytest.raises(ConflictError):
        merge(ada, other, at=NOW, reason="same address")
