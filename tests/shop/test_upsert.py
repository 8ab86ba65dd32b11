from __future__ import annotations

import itertools
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.shop.models import Category, Customer, Image, Product
from apps.shop.services.remove import remove
from apps.shop.services.upsert import Outcome, upsert
from tests.at_once import at_once
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
ids = itertools.count(1_000)


def payload(name="Dress", price="40.00"):
    return {"name": name, "slug": "dress", "currency": "EUR", "price": price}


def send(store, name="Dress", minutes=0, woo_id=7, **values):
    at = NOW + timedelta(minutes=minutes)
    return upsert(Product, store, woo_id, at, {**payload(name), **values})


def test_it_creates_a_row(store):
    row, outcome = send(store)
    assert (outcome, row.name, row.price) == (Outcome.CREATED, "Dress", Decimal(40))


def test_a_newer_payload_wins(store):
    send(store)
    row, outcome = send(store, "Gown", minutes=1)
    assert (outcome, row.name) == (Outcome.UPDATED, "Gown")
    row.refresh_from_db()
    assert (row.name, row.source_modified_at) == ("Gown", NOW + timedelta(minutes=1))


def test_an_older_payload_changes_nothing(store):
    send(store, "Gown", minutes=1)
    row, outcome = send(store, "Dress")
    row.refresh_from_db()
    assert (outcome, row.name) == (Outcome.STALE, "Gown")


def test_a_payload_of_the_same_second_is_applied(store):
    send(store)
    row, outcome = send(store, "Gown")
    assert (outcome, row.name) == (Outcome.UPDATED, "Gown")


def test_the_same_payload_twice_is_no_change(store):
    first, _ = send(store)
    row, outcome = send(store)
    assert (outcome, row.updated_at) == (Outcome.UNCHANGED, first.updated_at)


def test_a_payload_that_only_is_newer_moves_the_moment(store):
    send(store)
    row, outcome = send(store, minutes=5)
    row.refresh_from_db()
    assert outcome == Outcome.UNCHANGED
    assert row.source_modified_at == NOW + timedelta(minutes=5)
    assert send(store, "Old", minutes=4)[1] == Outcome.STALE


def test_equal_amounts_in_other_words_are_no_change(store):
    send(store, price="12.6")
    assert send(store, price=Decimal("12.6000"))[1] == Outcome.UNCHANGED


def test_it_keeps_what_the_payload_does_not_carry(store):
    row, _ = send(store)
    Product.objects.of(store).filter(pk=row.pk).update(cost=15)
    row, _ = send(store, "Gown", minutes=1)
    row.refresh_from_db()
    assert row.cost == 15


def test_it_saves_only_what_changed(store, django_assert_num_queries):
    send(store)
    with django_assert_num_queries(2) as queries:
        send(store, "Gown", minutes=1)
    assert "slug" not in queries[1]["sql"].split("WHERE")[0]


def test_an_unchanged_row_costs_one_query(store, django_assert_num_queries):
    send(store)
    with django_assert_num_queries(1):
        send(store)


def test_a_name_longer_than_its_column_is_cut(store):
    row, _ = send(store, "é" * 500)
    assert row.name == "é" * 400
    assert send(store, "é" * 500)[1] == Outcome.UNCHANGED


def test_another_stores_row_is_not_touched(store, other_store):
    send(store)
    _, outcome = send(other_store, "Gown", minutes=1)
    assert outcome == Outcome.CREATED
    assert Product.objects.of(store).get().name == "Dress"


def test_a_payload_without_a_moment_is_always_applied(store):
    upsert(Category, store, 3, None, {"name": "Coats", "slug": "coats"})
    row, outcome = upsert(Category, store, 3, None, {"name": "Coat", "slug": "coats"})
    assert (outcome, row.name) == (Outcome.UPDATED, "Coat")


def test_one_picture_is_a_row_on_each_of_its_products(store, dress):
    other, _ = send(store)
    for product in (dress, other, dress):
        upsert(Image, store, 9, None, {"alt": "Front"}, within={"product": product})
    assert Image.objects.of(store).count() == 2


def test_a_deleted_row_comes_back_with_a_newer_payload(store):
    send(store)
    remove(Product, store, 7, NOW + timedelta(minutes=1))
    row, outcome = send(store, minutes=2)
    row.refresh_from_db()
    assert (outcome, row.deleted_at) == (Outcome.UPDATED, None)


def test_a_payload_from_before_the_deletion_brings_nothing_back(store):
    send(store)
    gone_at = NOW + timedelta(minutes=2)
    remove(Product, store, 7, gone_at)
    row, _ = send(store, "Gown", minutes=1)
    row.refresh_from_db()
    assert (row.name, row.deleted_at) == ("Gown", gone_at)


def test_a_wrong_payload_is_not_mistaken_for_a_race(store):
    Customer.objects.create(store=store, email="ada@mail.example")
    with pytest.raises(IntegrityError):
        upsert(Customer, store, 7, NOW, {"email": "ada@mail.example"})


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    payloads=st.dictionaries(st.integers(0, 20), st.sampled_from("abc"), min_size=1),
    gone=st.none() | st.integers(0, 20),
    data=st.data(),
)
def test_any_order_of_deliveries_ends_in_the_same_row(store, payloads, gone, data):
    """Each delivered at least once; the first creates the row, as polling does."""
    woo_id = next(ids)
    born = (min(payloads), payloads[min(payloads)])
    deliveries = [*payloads.items(), *payloads.items()]
    if gone is not None:
        deliveries.append((gone, None))
    for minute, name in [born, *data.draw(st.permutations(deliveries))]:
        if name is None:
            remove(Product, store, woo_id, NOW + timedelta(minutes=minute))
        else:
            send(store, name, minute, woo_id)
    last = max(payloads)
    row = Product.objects.of(store).get(woo_id=woo_id)
    assert (row.name, row.source_modified_at) == (
        payloads[last],
        NOW + timedelta(minutes=last),
    )
    assert (row.deleted_at is not None) == (gone is not None and gone >= last)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_deliveries_at_the_same_moment_make_one_row_with_the_newest(store):
    deliver = lambda minute: send(store, f"v{minute}", minute)  # noqa: E731
    assert at_once(*[deliver] * 8, rows=range(8)) == ["won"] * 8
    row = Product.objects.of(store).get()
    assert (row.name, row.source_modified_at) == ("v7", NOW + timedelta(minutes=7))
