"""The list of findings over the weeks: what goes, what comes back, what stays quiet."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.shop.models import Customer, Order, OrderLine, Product, Variant
from apps.sync.models import Finding
from apps.sync.services import check_quality
from tests.conftest import NOW
from tests.shop.conftest import make_product

WEEK = timedelta(days=7)


@pytest.fixture
def draft(store):
    """A product of which only the SKU will be wrong."""
    return make_product(store, status="draft")


def spoil(product):
    return Variant.objects.create(
        store=product.store, product=product, sale_price=-1, regular_price=10
    )


def one(store):
    return Finding.objects.of(store).get(code="prices.wrong_sale")


def test_it_finds_a_thing_once_over_the_weeks(store, draft):
    spoil(draft)
    assert check_quality.look(store, NOW) == 1
    assert check_quality.look(store, NOW + WEEK) == 1
    assert (one(store).found_at, one(store).seen_at) == (NOW, NOW + WEEK)


def test_it_says_what_is_gone_and_what_is_back(store, draft):
    variant = spoil(draft)
    check_quality.look(store, NOW)
    Variant.objects.of(store).update(sale_price=5)
    assert check_quality.look(store, NOW + WEEK) == 0
    assert one(store).gone_at == NOW + WEEK
    Variant.objects.of(store).filter(pk=variant.pk).update(sale_price=-2)
    assert check_quality.look(store, NOW + 2 * WEEK) == 1
    assert one(store).gone_at is None
    assert "-2.00 EUR" in one(store).text


def test_it_is_quiet_about_what_was_accepted(store, draft):
    spoil(draft)
    check_quality.look(store, NOW)
    check_quality.accept(one(store), NOW)
    assert check_quality.look(store, NOW + WEEK) == 0
    assert one(store).accepted_at == NOW
    check_quality.take_up(one(store))
    assert check_quality.look(store, NOW + WEEK) == 1


def test_every_check_says_how_to_mend_it():
    codes = [check.code for check in check_quality.CHECKS]
    assert len(codes) == len(set(codes)) == 26
    assert all(len(check.fix) <= 400 and check.title for check in check_quality.CHECKS)


def test_it_lists_a_thousand_of_a_kind_and_counts_the_rest(store):
    Product.objects.bulk_create(
        Product(
            store=store, name=f"P{n}", slug=f"p{n}", currency="EUR", price=1, cost=1
        )
        for n in range(1_205)
    )
    check_quality.look(store, NOW)
    rows = Finding.objects.of(store).filter(code="products.no_image")
    assert rows.count() == 1_000
    assert rows.get(subject="all").text == "And 206 more of the same kind."
    # What was accepted makes room for what was not listed yet.
    for finding in rows.exclude(subject="all")[:10]:
        check_quality.accept(finding, NOW)
    check_quality.look(store, NOW + WEEK)
    assert rows.filter(gone_at=None, accepted_at=None).count() == 1_000
    assert rows.get(subject="all").text == "And 196 more of the same kind."


@pytest.fixture
def many(store):
    """10,000 orders of 2,000 customers, all of them right."""
    product = make_product(store, status="draft")
    buyers = Customer.objects.bulk_create(
        Customer(store=store, email=f"{n}@mail.example", phone=f"0170 {n:07}")
        for n in range(2_000)
    )
    orders = Order.objects.bulk_create(
        Order(
            store=store,
            number=str(n),
            status="completed",
            currency="EUR",
            total=40,
            customer=buyers[n % 2_000],
            placed_at=NOW - timedelta(hours=n),
        )
        for n in range(10_000)
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            store=store,
            order=order,
            product=product,
            name="Dress",
            quantity=1,
            subtotal=20,
            total=20,
        )
        for order in orders
        for _ in range(2)
    )


@pytest.mark.slow
def test_ten_thousand_orders_are_read_in_few_queries(
    store, many, django_assert_max_num_queries
):
    # One of them tells the audit log that it looked.
    with django_assert_max_num_queries(81):
        assert check_quality.look(store, NOW) == 0
