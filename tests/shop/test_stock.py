from __future__ import annotations

from datetime import timedelta

import pytest

from apps.shop.models import StockChange
from apps.shop.services.stock import change_stock, days_in_stock
from tests.conftest import NOW
from tests.shop.conftest import make_product, make_variant

pytestmark = pytest.mark.django_db


def day(number):
    return NOW + timedelta(days=number)


def history(variant, *steps):
    for number, quantity in steps:
        change_stock(variant, quantity, day(number), "count")


def test_it_changes_the_stock_and_remembers(store, medium):
    assert change_stock(medium, 3, NOW, "count")
    medium.refresh_from_db()
    change = StockChange.objects.of(store).get()
    assert (medium.stock_quantity, change.quantity) == (3, 3)


def test_the_same_stock_again_is_no_news(store, medium):
    history(medium, (0, 3), (1, 3))
    assert StockChange.objects.of(store).count() == 1


def test_the_last_piece_gone_sells_the_product_out(dress, medium):
    change_stock(medium, 0, NOW, "count")
    dress.refresh_from_db()
    assert dress.stock_status == "outofstock"


def test_a_product_stays_in_stock_with_one_of_its_sizes(dress, medium, small):
    change_stock(medium, 0, NOW, "count")
    dress.refresh_from_db()
    assert dress.stock_status == "instock"


def test_a_sold_out_product_comes_back_with_its_first_piece(dress, medium):
    history(medium, (0, 0), (1, 2))
    dress.refresh_from_db()
    assert dress.stock_status == "instock"


def test_it_counts_days_in_stock(medium):
    history(medium, (-10, 4), (-6, 0), (-1.5, 2))
    assert days_in_stock(medium, day(-10), NOW) == 5.5


def test_the_state_before_the_window_counts(medium):
    history(medium, (-30, 4), (-6, 0))
    assert days_in_stock(medium, day(-10), NOW) == 4


def test_before_its_first_entry_a_variant_was_not_there(medium):
    history(medium, (-3, 4))
    assert days_in_stock(medium, day(-10), NOW) == 3


def test_pieces_that_are_not_counted_are_there(medium):
    history(medium, (-10, None))
    medium.refresh_from_db()
    assert (medium.manages_stock, medium.pieces_left) == (False, None)
    assert days_in_stock(medium, day(-10), NOW) == 10


def test_sold_beyond_the_last_piece_is_not_there(medium):
    history(medium, (-10, -2))
    medium.refresh_from_db()
    assert medium.stock_status == "onbackorder"
    assert days_in_stock(medium, day(-10), NOW) == 0


def test_another_variants_history_does_not_count(store, medium):
    other = make_variant(make_product(store, "Coat"))
    history(other, (-10, 4))
    assert days_in_stock(medium, day(-10), NOW) == 0
