"""Lines that try to lie, and must not."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import translation

from apps.events.models import Interaction
from apps.shop.models import Product, Refund, StockChange
from apps.shop.services import refunds
from apps.shop.services.prices import change_price
from apps.shop.services.remove import remove
from apps.shop.services.stock import change_stock
from apps.storefront.models import LineSettings
from apps.storefront.services.lines import forget_settings, lines_for
from tests.conftest import NOW
from tests.shop.conftest import make_order, make_product, make_variant, money

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def settings(store, **said):
    row, _ = LineSettings.objects.update_or_create(store=store, defaults=said)
    forget_settings(store)
    return row


@pytest.fixture
def dress(store):
    return make_product(store, regular_price=None)


def lines(product, at=NOW):
    return {line.code: line for line in lines_for(product.store, product.pk, at)}


def one(product, code, at=NOW):
    return lines(product, at)[code]


def sell(product, quantity=1, at=NOW, **values):
    line = {"product": product, "quantity": quantity, "total": money("40.00")}
    return make_order(product.store, [line], placed_at=at, **values)


# Stock


def test_it_counts_the_last_pieces(dress):
    make_variant(dress, "S", 1)
    make_variant(dress, "M", 2)
    line = one(dress, "few_left")
    assert (line.text, line.facts) == (
        "Only 3 left",
        {"left": 3, "sizes": {"S": 1, "M": 2}},
    )
    assert line.true_until == NOW + timedelta(minutes=5)


def test_it_says_so_no_more_once_stock_moved(dress):
    size = make_variant(dress, "S", 3)
    assert one(dress, "few_left").facts["left"] == 3
    change_stock(size, 30, NOW, "delivered")
    assert lines(dress) == {}
    change_stock(size, 0, NOW, "sold")
    assert lines(dress) == {}


def test_it_names_scarce_sizes_where_the_whole_is_not(dress):
    make_variant(dress, "S", 2, position=1)
    make_variant(dress, "M", 40, position=2)
    make_variant(dress, "L", 1, position=3)
    line = one(dress, "few_left_sizes")
    assert (line.text, line.facts) == (
        "Few left: S (2), L (1)",
        {"sizes": {"S": 2, "L": 1}},
    )


def test_it_adds_up_the_colors_of_a_size(dress):
    make_variant(dress, "S", 4, color="Red")
    make_variant(dress, "S", 4, color="Blue")
    make_variant(dress, "M", 2, color="Red")
    assert one(dress, "few_left_sizes").facts == {"sizes": {"M": 2}}


def test_it_knows_nothing_of_what_nobody_counts(dress):
    make_variant(dress, "S", None)
    assert lines(dress) == {}


def test_a_size_that_is_counted_in_one_color_alone_is_not_scarce(dress):
    make_variant(dress, "S", 2, color="Red")
    make_variant(dress, "S", None, color="Blue")
    assert lines(dress) == {}


def test_pieces_of_a_switched_off_size_cannot_be_bought(dress):
    make_variant(dress, "S", 5, stock_status="outofstock")
    make_variant(dress, "M", 40)
    assert lines(dress) == {}


def test_pieces_counted_for_all_sizes_are_counted_once(dress):
    for size in ("S", "M", "L"):
        make_variant(dress, size, None)
    Product.objects.of(dress.store).update(manages_stock=True, stock_quantity=4)
    line = one(dress, "few_left")
    assert (line.text, line.facts) == ("Only 4 left", {"left": 4, "sizes": {}})


def test_a_counted_product_without_choices_is_counted_once(dress):
    make_variant(dress, "", 4)
    Product.objects.of(dress.store).update(manages_stock=True, stock_quantity=4)
    assert one(dress, "few_left").facts == {"left": 4, "sizes": {}}


def test_debts_to_earlier_buyers_are_no_pieces(dress):
    make_variant(dress, "S", -3, stock_status="onbackorder")
    make_variant(dress, "M", 2)
    assert one(dress, "few_left").facts == {"left": 2, "sizes": {"M": 2}}


def test_it_keeps_to_the_merchants_number(dress):
    make_variant(dress, "S", 5)
    assert "few_left" in lines(dress)
    settings(dress.store, few_left=4)
    assert lines(dress) == {}
    settings(dress.store, few_left=5, shows_stock=False)
    assert lines(dress) == {}


def test_a_size_with_braces_in_its_name_is_only_a_name(dress):
    make_variant(dress, "{count}", 2)
    make_variant(dress, "M", 40)
    assert one(dress, "few_left_sizes").text == "Few left: {count} (2)"


@pytest.mark.parametrize(
    "gone",
    [{"is_visible": False}, {"status": "draft"}, {"stock_status": "outofstock"},
     {"price": None}, {"deleted_at": NOW}, {"published_at": NOW + DAY}],
)  # fmt: skip
def test_it_says_nothing_of_what_cannot_be_bought(dress, gone):
    make_variant(dress, "S", 1)
    Product.objects.of(dress.store).update(**gone)
    assert lines_for(dress.store, dress.pk, NOW) == []


def test_it_knows_no_product_of_another_store(dress, other_store):
    make_variant(dress, "S", 1)
    assert lines_for(other_store, dress.pk, NOW) == []


def test_it_says_it_in_arabic(dress):
    make_variant(dress, "S", 2)
    with translation.override("ar"):
        assert one(dress, "few_left").text == "لم تتبقَّ سوى قطعتين"


# Sold


def test_it_counts_what_was_sold_within_a_day(dress):
    sell(dress, 3, NOW - HOUR)
    sell(dress, 2, NOW - 23 * HOUR)
    sell(dress, 9, NOW - 24 * HOUR)
    line = one(dress, "sold_day")
    assert (line.text, line.facts) == (
        "5 sold in the last 24 hours",
        {"sold": 5, "hours": 24},
    )


def test_it_ends_when_the_oldest_sale_is_a_day_old(dress):
    sell(dress, 3, NOW - HOUR)
    sell(dress, 2, NOW - 24 * HOUR + timedelta(seconds=90))
    assert one(dress, "sold_day").true_until == NOW + timedelta(seconds=90)


def test_it_falls_back_to_the_week(dress):
    sell(dress, 4, NOW - HOUR)
    sell(dress, 6, NOW - 3 * DAY)
    sell(dress, 50, NOW - 8 * DAY)
    line = one(dress, "sold_week")
    assert (line.text, line.facts["sold"]) == ("10 sold in the last 7 days", 10)


def test_nine_in_a_week_are_not_told(dress):
    sell(dress, 9, NOW - 3 * DAY)
    assert lines(dress) == {}


@pytest.mark.parametrize(
    "state", ["pending", "cancelled", "failed", "checkout-draft", "trash", "refunded"]
)
def test_orders_that_bring_nothing_are_no_sales(dress, state):
    sell(dress, 20, NOW - HOUR, status=state)
    assert lines(dress) == {}


def test_a_deleted_order_and_one_of_tomorrow_are_no_sales(dress):
    sell(dress, 20, NOW - HOUR, deleted_at=NOW)
    sell(dress, 20, NOW + HOUR)
    assert lines(dress) == {}


def test_what_was_sent_back_was_not_sold(store, dress):
    order = sell(dress, 6, NOW - HOUR, total=money("100.00"))
    assert one(dress, "sold_day").facts["sold"] == 6
    back = {"order_line": order.lines.get(), "quantity": 2, "total": "10.00"}
    refunds.record(order, 8, {"amount": "10.00", "refunded_at": NOW}, [(3, back)])
    assert lines(dress) == {}
    remove(Refund, store, 8, NOW + HOUR)
    assert one(dress, "sold_day").facts["sold"] == 6


def test_an_order_given_back_in_money_alone_was_not_sold(dress):
    order = sell(dress, 6, NOW - HOUR)
    refunds.record(order, 8, {"amount": "40.00", "refunded_at": NOW})
    assert lines(dress) == {}


def test_sales_of_another_product_and_of_another_store_do_not_count(
    store, other_store, dress
):
    sell(make_product(store, "Coat"), 20, NOW - HOUR)
    sell(make_product(other_store, "Dress"), 20, NOW - HOUR)
    foreign = {"product": dress, "quantity": 20, "total": money("40.00")}
    make_order(other_store, [{**foreign, "store": other_store}], placed_at=NOW - HOUR)
    assert lines(dress) == {}


# Looks


def look(product, visitor, ago=timedelta(minutes=5), kind="product_view"):
    Interaction.objects.create(
        id=uuid4(), store=product.store, product=product, visitor=visitor,
        type=kind, at=NOW - ago,
    )  # fmt: skip


def test_it_counts_people_not_looks(dress):
    settings(dress.store, shows_viewers=True)
    for number in range(4):
        look(dress, f"v{number}")
        look(dress, f"v{number}")
    assert lines(dress) == {}
    look(dress, "v4", ago=timedelta(minutes=59))
    line = one(dress, "looked_at")
    assert line.text == "5 people looked at this in the last hour"
    assert line.facts == {"people": 5, "hours": 1}


def test_nobody_is_told_of_who_looks_unless_the_merchant_wants_it(dress):
    for number in range(9):
        look(dress, f"v{number}")
    assert lines(dress) == {}


def test_old_looks_other_deeds_and_the_nameless_do_not_count(dress):
    settings(dress.store, shows_viewers=True)
    for number in range(4):
        look(dress, f"v{number}")
    look(dress, "old", ago=HOUR)
    look(dress, "later", ago=-HOUR)
    look(dress, "")
    look(dress, "buyer", kind="add_to_cart")
    assert lines(dress) == {}


# Prices


def reprice(product, days, price, regular="100.00"):
    change_price(
        product, money(price), at=NOW + days * DAY, reason="test",
        regular_price=money(regular),
    )  # fmt: skip


def test_it_says_what_was_lowered_and_from_what(dress):
    reprice(dress, -60, "100.00")
    reprice(dress, -1, "80.00")
    line = one(dress, "price_lowered")
    assert line.text == (
        "Price lowered to €80.00. Lowest price of the 30 days before: €100.00"
    )
    assert line.facts == {
        "price": "80.00", "lowest_price": "100.00", "regular_price": "100.00",
        "currency": "EUR", "days": 30,
    }  # fmt: skip


def test_trap_12_raised_before_the_cut_is_not_lowered(dress):
    reprice(dress, -60, "80.00", regular="80.00")
    reprice(dress, -5, "100.00")
    reprice(dress, -1, "80.00")
    assert lines(dress) == {}


def test_trap_12_a_regular_price_alone_lowers_nothing(dress):
    reprice(dress, -60, "80.00", regular="80.00")
    reprice(dress, -1, "80.00", regular="120.00")
    assert lines(dress) == {}


def test_trap_12_born_reduced_is_not_lowered(dress):
    reprice(dress, -9, "80.00")
    assert lines(dress) == {}


def test_a_sale_that_is_over_is_not_told_though_its_price_stays(dress):
    reprice(dress, -60, "100.00")
    reprice(dress, -1, "80.00")
    ends = NOW + timedelta(seconds=60)
    Product.objects.of(dress.store).update(sale_to_at=ends)
    assert one(dress, "price_lowered").true_until == ends
    assert lines(dress, ends) == {}


# Back


def stock(variant, days, quantity):
    change_stock(variant, quantity, NOW + days * DAY, "test")


@pytest.fixture
def size(dress):
    made = make_variant(dress, "S", None)
    stock(made, -40, 9)
    return made


def test_it_is_back_after_having_been_gone(dress, size):
    stock(size, -20, 0)
    stock(size, -2, 50)
    line = one(dress, "back_in_stock")
    assert line.text == "Back in stock"
    assert line.facts == {
        "gone_at": "2026-05-12T12:00:00Z",
        "back_at": "2026-05-30T12:00:00Z",
    }


def test_it_is_not_back_for_ever(dress, size):
    stock(size, -20, 0)
    stock(size, -8, 50)
    assert lines(dress) == {}


def test_a_correction_of_an_hour_is_no_absence(dress, size):
    stock(size, -2, 0)
    stock(size, -2 + 1 / 24, 50)
    assert lines(dress) == {}


def test_one_size_that_comes_back_is_not_the_product(dress, size):
    other = make_variant(dress, "M", None)
    stock(other, -30, 40)
    stock(size, -20, 0)
    stock(size, -2, 50)
    assert lines(dress) == {}


def test_what_is_new_is_not_back(dress):
    made = make_variant(dress, "S", None)
    stock(made, -20, 0)
    stock(made, -2, 50)
    assert lines(dress) == {}
    StockChange.objects.create(
        store=dress.store, variant=made, quantity=3, changed_at=NOW - 50 * DAY
    )
    assert "back_in_stock" in lines(dress)


# All


def test_it_says_no_more_than_the_merchant_wants(dress, size):
    sell(dress, 9, NOW - HOUR)
    reprice(dress, -60, "100.00")
    reprice(dress, -1, "80.00")
    stock(size, -1, 2)
    assert list(lines(dress)) == ["few_left", "price_lowered"]
    settings(dress.store, most=1)
    assert list(lines(dress)) == ["few_left"]
    settings(dress.store, most=5)
    assert list(lines(dress)) == ["few_left", "price_lowered", "sold_day"]


def test_each_fact_costs_a_known_number_of_queries(
    dress, size, django_assert_num_queries
):
    settings(dress.store, shows_viewers=True)
    with django_assert_num_queries(7):
        assert lines_for(dress.store, dress.pk, NOW) == []


def test_what_was_sold_costs_one_query_however_much(dress, django_assert_num_queries):
    for hours in range(12):
        sell(dress, 2, NOW - hours * HOUR)
    settings(dress.store, shows_lowered=False, shows_back=False, most=5)
    lines(dress)
    with django_assert_num_queries(3):
        assert one(dress, "sold_day").facts["sold"] == 24


def test_settings_of_another_store_are_another_stores(dress, other_store):
    make_variant(dress, "S", 5)
    settings(other_store, few_left=1)
    assert "few_left" in lines(dress)
    assert one(dress, "few_left").facts["left"] == 5
