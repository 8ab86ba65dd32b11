from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from apps.core.errors import ConflictError, InvalidInputError
from apps.shop.models import Coupon, Order, OrderLine, Product, StockChange
from apps.shop.services.place_order import place
from apps.shop.services.stock import change_stock
from tests.at_once import at_once
from tests.conftest import NOW
from tests.shop.conftest import make_product, make_variant

pytestmark = pytest.mark.django_db


def buy(customer, *lines, code=""):
    return place(
        customer.store, customer=customer, lines=lines, at=NOW, coupon_code=code
    )


def assert_nothing_happened(store, medium, left=5):
    medium.refresh_from_db()
    assert medium.stock_quantity == left
    assert not Order.objects.of(store).exists()
    assert not StockChange.objects.of(store).filter(reason="sold").exists()


def test_it_sells_at_the_price_of_now(store, ada, medium):
    order = buy(ada, (medium, 2))
    line = order.lines.get()
    assert (order.total, order.status, order.customer) == (80, "processing", ada)
    assert (line.quantity, line.total, line.unit_cost) == (2, 80, 15)
    assert order.number == str(order.pk)


def test_it_takes_the_pieces_off_the_shelf(store, ada, medium):
    buy(ada, (medium, 2))
    medium.refresh_from_db()
    change = StockChange.objects.of(store).get()
    assert (medium.stock_quantity, change.quantity, change.reason) == (3, 3, "sold")


def test_the_last_piece_sells_the_product_out(ada, medium):
    buy(ada, (medium, 5))
    medium.refresh_from_db()
    assert (medium.stock_status, medium.product.stock_status) == (
        "outofstock",
        "outofstock",
    )


def test_a_variants_own_price_comes_first(ada, dress):
    variant = make_variant(dress, price=Decimal("35.50"))
    assert buy(ada, (variant, 1)).total == Decimal("35.50")


def test_the_same_variant_twice_is_one_line(ada, medium):
    order = buy(ada, (medium, 1), (medium, 2))
    assert order.lines.get().quantity == 3


def test_pieces_that_nobody_counts_are_sold(ada, dress):
    variant = make_variant(dress, quantity=None)
    assert buy(ada, (variant, 9)).total == 360


def test_it_dates_the_customer(ada, medium):
    buy(ada, (medium, 1))
    ada.refresh_from_db()
    assert (ada.first_ordered_at, ada.last_ordered_at) == (NOW, NOW)


def test_more_than_there_is_is_refused(store, ada, medium):
    with pytest.raises(ConflictError, match=r"Only 5 left of Dress \(M\)"):
        buy(ada, (medium, 6))
    assert_nothing_happened(store, medium)


def test_one_line_too_many_refuses_all(store, ada, medium, small):
    with pytest.raises(ConflictError, match="Only 2 left"):
        buy(ada, (medium, 1), (small, 3))
    assert_nothing_happened(store, medium)


def test_a_sold_out_size_says_so(store, ada, medium):
    change_stock(medium, 0, NOW, "count")
    with pytest.raises(ConflictError, match="sold out"):
        buy(ada, (medium, 1))
    assert_nothing_happened(store, medium, 0)


@pytest.mark.parametrize(
    "values",
    [
        {"status": "draft"},
        {"is_visible": False},
        {"deleted_at": NOW},
        {"price": None},
        {"price": Decimal(-5)},
        {"published_at": NOW + timedelta(days=1)},
    ],
)
def test_what_the_shop_does_not_show_is_not_sold(store, ada, medium, values):
    Product.objects.of(store).update(**values)
    with pytest.raises(ConflictError):
        buy(ada, (medium, 1))
    assert_nothing_happened(store, medium)


def test_another_stores_variant_is_not_sold(store, other_store, ada, medium):
    foreign = make_variant(make_product(other_store))
    with pytest.raises(ConflictError, match="no longer sold"):
        buy(ada, (medium, 1), (foreign, 1))
    assert_nothing_happened(store, medium)


@pytest.mark.parametrize("quantity", [0, -1, 1_001])
def test_a_senseless_quantity_is_refused(store, ada, medium, quantity):
    with pytest.raises(InvalidInputError):
        buy(ada, (medium, quantity))
    assert_nothing_happened(store, medium)


def test_an_order_of_nothing_is_refused(store, ada):
    with pytest.raises(InvalidInputError):
        buy(ada)
    assert not Order.objects.of(store).exists()


def test_a_coupon_lowers_lines_and_total_alike(store, ada, medium, small):
    Coupon.objects.create(store=store, code="spring", kind="percent", amount=12.5)
    order = buy(ada, (medium, 1), (small, 2), code=" SPRING ")
    totals = list(order.lines.order_by("pk").values_list("total", flat=True))
    assert (order.total, order.discount_total) == (105, 15)
    assert (sum(totals), totals[0]) == (105, 35)
    assert order.coupon_codes == ["spring"]


def test_a_bad_coupon_leaves_everything_as_it_was(store, ada, medium):
    with pytest.raises(InvalidInputError, match="no such coupon"):
        buy(ada, (medium, 1), code="nope")
    assert_nothing_happened(store, medium)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_buyers_at_the_same_moment_never_oversell(store, ada, dov, cleo, medium):
    buy_one = lambda person: buy(person, (medium, 1))  # noqa: E731
    results = at_once(*[buy_one] * 12, rows=[ada, dov, cleo] * 4)
    assert sorted(results) == ["conflict"] * 7 + ["won"] * 5
    medium.refresh_from_db()
    assert (medium.stock_quantity, medium.stock_status) == (0, "outofstock")
    assert OrderLine.objects.of(store).count() == 5
    history = StockChange.objects.of(store).order_by("pk")
    assert list(history.values_list("quantity", flat=True)) == [4, 3, 2, 1, 0]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_bags_in_opposite_order_do_not_wait_for_each_other(
    store, ada, dov, medium, small
):
    there = lambda person: buy(person, (medium, 1), (small, 1))  # noqa: E731
    back = lambda person: buy(person, (small, 1), (medium, 1))  # noqa: E731
    assert at_once(there, back, rows=[ada, dov]) == ["won", "won"]
    assert Order.objects.of(store).count() == 2
