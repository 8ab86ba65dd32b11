from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from apps.shop.models import Product, Variant
from apps.shop.services.prices import change_price, lowest_price
from apps.storefront.services.prices import Prices, count_unknown, prices_of
from tests.conftest import NOW
from tests.shop.conftest import make_product, make_variant, money

DAY = timedelta(days=1)
# The plugin's own tests read them, too.
SHARED = json.loads(
    (Path(__file__).parents[1] / "shared/lowest_prices.json").read_text()
)


@pytest.fixture
def coat(store):
    return make_product(store, "Coat", price=None, regular_price=None)


def history(subject, *steps, regular="100.00"):
    """`steps` are (day, price)."""
    for day, price in steps:
        change_price(
            subject, money(price), at=NOW + day * DAY, reason="test",
            regular_price=money(regular),
        )  # fmt: skip
    return subject


def said(product, at=NOW):
    return prices_of(product.store, [product.pk], at)[product.pk]


def test_it_says_what_a_product_costs(coat):
    history(coat, (-9, "100.00"))
    assert said(coat) == Prices("EUR", money("100"))


def test_a_reduced_price_stands_beside_the_lowest_of_thirty_days(coat):
    history(coat, (-60, "100.00"), (-40, "60.00"), (-20, "90.00"), (-2, "80.00"))
    assert said(coat) == Prices("EUR", money("80"), None, money("100"), money("60"))


@pytest.mark.parametrize(
    ("steps", "lowest"),
    [
        # Raised, then cut.
        ([(-60, "60.00"), (-5, "100.00"), (0, "80.00")], "60"),
        # On sale twice within the month.
        ([(-60, "100.00"), (-20, "70.00"), (-10, "100.00"), (0, "80.00")], "70"),
        # Not known for thirty days.
        ([(-9, "100.00"), (0, "80.00")], None),
        # Born reduced.
        ([(-9, "80.00")], None),
    ],
)
def test_trap_12(coat, steps, lowest):
    history(coat, *steps)
    found = said(coat)
    assert found.regular_price == 100
    assert found.lowest_price == (lowest and money(lowest))
    assert found.lowest_price == lowest_price(coat, at=NOW)


def test_it_shows_a_range_and_no_reduction_of_it(coat):
    history(make_variant(coat, "S"), (-60, "90.00"), (-1, "40.00"))
    history(make_variant(coat, "M"), (-60, "90.00"), (-1, "70.00"))
    assert said(coat) == Prices("EUR", money("40"), money("70"))


def test_sizes_that_all_cost_the_same_are_one_price(coat):
    history(make_variant(coat, "S"), (-60, "100.00"), (-1, "80.00"))
    history(make_variant(coat, "M"), (-60, "100.00"), (-15, "80.00"))
    assert said(coat) == Prices("EUR", money("80"), None, money("100"), money("100"))


def test_of_sizes_that_had_different_prices_before_it_names_none(coat):
    history(make_variant(coat, "S"), (-60, "100.00"), (-1, "80.00"))
    history(make_variant(coat, "M"), (-60, "100.00"), (-15, "70.00"), (-1, "80.00"))
    assert said(coat) == Prices("EUR", money("80"), None, money("100"), None)


def test_of_what_is_new_it_names_the_lowest_since_it_is_sold(coat):
    born = NOW - 9 * DAY
    Product.objects.of(coat.store).update(published_at=born, created_at=born)
    history(coat, (-9, "100.00"), (0, "80.00"))
    assert said(coat).lowest_price == 100


@pytest.mark.parametrize(
    "case", SHARED["products"], ids=[one["about"] for one in SHARED["products"]]
)
def test_it_says_of_a_product_what_the_plugin_says(coat, case):
    for size, changes in case["variants"].items():
        variant = make_variant(coat, size)
        for at, price, regular in changes:
            change_price(
                variant, money(price), at=datetime.fromisoformat(at), reason="test",
                regular_price=money(regular),
            )  # fmt: skip
    lowest = said(coat).lowest_price
    assert lowest == (case["lowest"] and money(case["lowest"]))


def test_it_counts_what_stands_reduced_without_a_lowest_price(coat):
    history(coat, (-60, "100.00"), (-1, "80.00"))
    shirt = history(make_product(coat.store, "Shirt", price=None), (-9, "80.00"))
    make_product(coat.store, "Never reduced")
    assert count_unknown(coat.store, NOW) == 1
    Product.objects.of(coat.store).filter(pk=shirt.pk).update(is_visible=False)
    assert count_unknown(coat.store, NOW) == 0


def test_a_size_without_a_price_of_its_own_costs_what_the_product_does(coat):
    make_variant(coat, "S")
    history(coat, (-60, "100.00"), (-1, "80.00"))
    assert said(coat) == Prices("EUR", money("80"), None, money("100"), money("100"))


def test_a_size_that_is_gone_has_no_say(coat):
    history(coat, (-60, "100.00"))
    make_variant(coat, "S")
    make_variant(coat, "M", price=money("10.00"), deleted_at=NOW)
    assert said(coat) == Prices("EUR", money("100"))


def test_a_sale_before_and_after_its_time_is_none(coat):
    history(coat, (-60, "100.00"), (-1, "80.00"))
    Product.objects.of(coat.store).update(sale_from_at=NOW, sale_to_at=NOW + DAY)
    assert (said(coat).regular_price, said(coat).has_end) == (100, True)
    assert said(coat, NOW - DAY / 2).regular_price is None
    assert said(coat, NOW + DAY).regular_price is None


def test_it_does_not_mix_currencies(coat):
    coat.currency = "KWD"
    coat.save()
    history(coat, (-60, "10.00"))
    Product.objects.of(coat.store).update(currency="EUR")
    coat.refresh_from_db()
    history(coat, (-20, "100.00"), (-1, "80.00"))
    assert said(coat).lowest_price is None
    history(coat, (15, "100.00"), (16, "80.00"))
    assert said(coat, NOW + 16 * DAY).lowest_price == 80


def test_what_a_third_cut_changes_is_seen_at_once(coat):
    history(coat, (-60, "100.00"), (-10, "80.00"))
    assert said(coat).lowest_price == 100
    history(coat, (-5, "60.00"))
    assert said(coat).lowest_price == 80
    history(coat, (-4, "80.00"))
    assert said(coat).lowest_price == 60


def test_it_keeps_to_its_store(coat, other_store):
    history(coat, (-9, "100.00"))
    assert prices_of(other_store, [coat.pk], NOW) == {}
    Variant.objects.create(
        store=other_store, product=coat, size="S", price=money("1.00")
    )
    assert said(coat).price == 100


def test_a_product_without_a_price_or_deleted_has_none(coat):
    assert prices_of(coat.store, [coat.pk], NOW) == {}
    history(coat, (-9, "100.00"))
    Product.objects.of(coat.store).update(deleted_at=NOW)
    assert prices_of(coat.store, [coat.pk], NOW) == {}


def test_many_products_take_two_queries_and_then_one(store, django_assert_num_queries):
    made = [make_product(store, f"P{n}", price=None) for n in range(6)]
    for number, product in enumerate(made):
        history(product, (-60, "100.00"), (-1 - number, "80.00"))
    ids = [product.pk for product in made]
    with django_assert_num_queries(2):
        assert len(prices_of(store, ids, NOW)) == 6
    with django_assert_num_queries(1):
        assert prices_of(store, ids, NOW)[ids[0]].lowest_price == 100
    with django_assert_num_queries(0):
        assert prices_of(store, [], NOW) == {}
