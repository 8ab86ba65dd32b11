"""Each check with a row that is right and a row that is wrong."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from apps.shop.models import OrderLine
from apps.sync.models import Finding
from apps.sync.services import check_quality
from tests.conftest import NOW
from tests.shop.conftest import make_order, make_product

DAY = timedelta(days=1)


@pytest.fixture
def good(ada):
    """An order that nothing is wrong with."""
    product = make_product(ada.store)
    line = {"total": Decimal("40.00"), "product": product}
    return make_order(
        ada.store, [line], customer=ada, number="1001", placed_at=NOW - DAY
    )


def change(order, **values):
    for name, value in values.items():
        setattr(order, name, value)
    order.save()


def said(store, code):
    check_quality.look(store, NOW)
    rows = Finding.objects.of(store).filter(gone_at=None, code=code).order_by("pk")
    return [(row.subject, row.text) for row in rows]


def codes(store):
    check_quality.look(store, NOW)
    about_orders = Finding.objects.of(store).filter(gone_at=None)
    return {
        code
        for code in about_orders.values_list("code", flat=True)
        if code.startswith(("orders", "lines"))
    }


def test_it_finds_nothing_in_an_order_that_is_right(store, good):
    assert codes(store) == set()


def test_it_finds_an_order_of_the_future(store, good):
    change(good, placed_at=NOW + 40 * DAY)
    text = "Order #1001 was placed on 11 July 2026, in the future."
    assert said(store, "orders.in_the_future") == [(f"order:{good.pk}", text)]


def test_it_lets_clocks_differ_a_little(store, good):
    change(good, placed_at=NOW + timedelta(minutes=50))
    assert codes(store) == set()


def test_it_finds_an_order_of_long_ago(store, good):
    change(good, placed_at=NOW.replace(year=1970))
    text = "Order #1001 was placed on 1 June 1970, before 2000."
    assert said(store, "orders.long_ago") == [(f"order:{good.pk}", text)]


def test_it_finds_an_order_paid_before_it_was_placed(store, good):
    change(good, paid_at=good.placed_at - 2 * DAY)
    text = "Order #1001 was paid on 29 May 2026, before it was placed on 31 May 2026."
    assert said(store, "orders.paid_too_early") == [(f"order:{good.pk}", text)]


def test_it_finds_an_order_changed_before_it_was_made(store, good):
    change(good, source_created_at=NOW - DAY, source_modified_at=NOW - 3 * DAY)
    text = (
        "Order #1001 was last changed on 29 May 2026, before it was made on "
        "31 May 2026."
    )
    assert said(store, "orders.changed_before_made") == [(f"order:{good.pk}", text)]


def test_it_finds_an_order_that_does_not_add_up(store, good):
    change(good, total=Decimal("45.00"))
    text = (
        "Order #1001 has a total of 45.00 EUR, but its lines, shipping, fees and "
        "taxes make 40.00 EUR."
    )
    assert said(store, "orders.wrong_total") == [(f"order:{good.pk}", text)]


def test_it_adds_up_shipping_fees_and_taxes(store, good):
    change(
        good,
        total=Decimal("58.30"),
        shipping_total=Decimal("5.00"),
        fee_total=Decimal("4.00"),
        tax_total=Decimal("9.31"),
    )
    assert codes(store) == set()


def test_it_finds_a_refund_larger_than_its_order(store, good):
    change(good, refunded_total=Decimal("40.01"))
    text = "40.01 EUR went back for order #1001, which was only 40.00 EUR."
    assert said(store, "orders.refunded_too_much") == [(f"order:{good.pk}", text)]


def test_it_finds_an_order_without_a_customer(store, good):
    change(good, customer=None)
    assert said(store, "orders.no_customer") == [
        (f"order:{good.pk}", "Order #1001 names no customer.")
    ]


def test_it_tells_once_what_was_sold_without_being_a_product(store, good, ada):
    OrderLine.objects.of(store).update(product=None, sku="D-1")
    line = {"total": Decimal("40.00"), "sku": "D-1"}
    make_order(store, [line], customer=ada, placed_at=NOW - DAY)
    found = said(store, "lines.no_product")
    assert [text for _, text in found] == [
        "“Dress” was sold in 2 orders, but there is no such product."
    ]


def test_it_finds_a_product_deleted_though_it_sold(store, good):
    product = good.lines.get().product
    change(product, deleted_at=NOW)
    text = (
        "Dress was deleted on 1 June 2026, though 1 piece of it sold in the 30 days "
        "before."
    )
    assert said(store, "lines.product_deleted") == [(f"product:{product.pk}", text)]


def test_it_leaves_a_product_deleted_long_ago_alone(store, good):
    change(good.lines.get().product, deleted_at=NOW - 60 * DAY)
    assert codes(store) == set()


def test_it_finds_orders_in_other_currencies_once_for_each(store, good, ada):
    for _ in range(2):
        product = good.lines.get().product
        line = {"total": Decimal("40.00"), "product": product}
        make_order(store, [line], customer=ada, currency="USD", placed_at=NOW - DAY)
    text = "2 orders in USD and not in EUR, the first of 31 May 2026."
    assert said(store, "orders.other_currency") == [("currency:USD", text)]


@pytest.mark.parametrize(("a_day", "found"), [(13, 1), (12, 0)])
def test_it_finds_an_empty_day_of_a_busy_shop_only(store, ada, a_day, found):
    for days in (1, 2, 3, 5, 6):
        for _ in range(a_day):
            make_order(store, customer=ada, placed_at=NOW - days * DAY)
    text = "There is no order on 28 May 2026; your shop has 10 a day."
    assert said(store, "orders.empty_day") == [("day:2026-05-28", text)] * found


def test_it_takes_no_draft_for_an_order(store, good):
    change(good, status="checkout-draft", placed_at=NOW + 40 * DAY, customer=None)
    assert codes(store) == set()


def test_it_looks_at_no_other_store(store, other_store, good):
    change(good, placed_at=NOW + 40 * DAY)
    assert check_quality.look(other_store, NOW) == 0
    assert not Finding.objects.of(other_store).exists()
