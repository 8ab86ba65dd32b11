from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from apps.core.errors import InvalidInputError
from apps.shop.models import PriceChange, Product
from apps.shop.services.prices import (
    Step,
    before_reduction,
    change_price,
    lowest_price,
)
from tests.conftest import NOW
from tests.shop.conftest import make_product, make_variant, money

pytestmark = pytest.mark.django_db
# The plugin's own tests read them, too.
SHARED = json.loads(
    (Path(__file__).parents[1] / "shared/lowest_prices.json").read_text()
)


def day(number):
    return NOW + timedelta(days=number)


def history(product, *steps, regular="100.00"):
    """`steps` are (day, price)."""
    for number, price in steps:
        change_price(
            product,
            money(price),
            at=day(number),
            reason="test",
            regular_price=money(regular),
        )
    return product


@pytest.fixture
def coat(store):
    return make_product(store, "Coat", price=None, regular_price=None)


def test_it_changes_the_price_and_remembers(store, coat):
    assert change_price(coat, money("80.00"), at=NOW, reason="Season")
    coat.refresh_from_db()
    change = PriceChange.objects.of(store).get()
    assert (coat.price, change.price, change.reason) == (80, 80, "Season")


def test_a_price_below_the_regular_one_is_a_sale_price(coat):
    history(coat, (0, "80.00"))
    coat.refresh_from_db()
    assert (coat.sale_price, coat.is_on_sale) == (80, True)


def test_the_same_price_again_is_no_news(store, coat):
    history(coat, (0, "80.00"))
    assert not change_price(coat, money("80.001"), at=day(1), reason="Again")
    assert PriceChange.objects.of(store).count() == 1


def test_a_negative_price_is_refused(store, coat):
    with pytest.raises(InvalidInputError):
        change_price(coat, money("-1"), at=NOW, reason="Typo")
    assert not PriceChange.objects.of(store).exists()


def test_history_ends_with_what_the_row_says(store, coat):
    history(coat, (5, "80.00"), (3, "70.00"))
    last = PriceChange.objects.of(store).about(coat).last()
    assert (last.price, last.changed_at) == (70, day(5))


def test_a_variant_has_a_history_of_its_own(dress):
    variant = make_variant(dress)
    change_price(dress, money("40.00"), at=NOW, reason="test")
    change_price(variant, money("35.00"), at=NOW, reason="test")
    assert lowest_price(dress, at=day(31)) == 40
    assert lowest_price(variant, at=day(31)) == 35


def test_the_lowest_of_thirty_days_before_a_reduction(coat):
    history(coat, (-60, "100.00"), (0, "80.00"))
    assert lowest_price(coat, at=day(10)) == 100


def test_trap_12_on_sale_twice_shows_the_first_sales_price(coat):
    history(coat, (-60, "100.00"), (-20, "70.00"), (-10, "100.00"), (0, "80.00"))
    assert lowest_price(coat, at=day(3)) == 70


def test_a_sale_that_ended_over_thirty_days_ago_is_forgotten(coat):
    history(coat, (-60, "70.00"), (-31, "100.00"), (0, "80.00"))
    assert lowest_price(coat, at=NOW) == 100


def test_a_sale_that_ended_in_the_morning_thirty_days_ago_counts(coat):
    history(coat, (-60, "70.00"), (-30.2, "100.00"), (0, "80.00"))
    assert lowest_price(coat, at=NOW) == 70


def test_trap_12_raised_then_cut_shows_the_price_before_the_rise(coat):
    history(coat, (-60, "60.00"), regular="60.00")
    history(coat, (-5, "100.00"), (0, "80.00"))
    assert lowest_price(coat, at=day(1)) == 60


def made(product, at, copied_at):
    Product.objects.of(product.store).update(published_at=at, created_at=copied_at)


def test_trap_12_a_new_product_answers_for_its_life(coat):
    history(coat, (-9, "100.00"), (0, "80.00"))
    made(coat, day(-9), day(-9) + timedelta(minutes=30))
    assert lowest_price(coat, at=day(1)) == 100


def test_of_an_old_product_that_is_known_for_nine_days_nobody_knows(coat):
    history(coat, (-9, "100.00"), (0, "80.00"))
    made(coat, day(-200), day(-9))
    assert lowest_price(coat, at=day(1)) is None


def test_trap_12_a_product_born_reduced_has_no_price_before(coat):
    history(coat, (-9, "80.00"))
    assert lowest_price(coat, at=NOW) is None


def test_a_product_without_history_has_no_lowest_price(coat):
    assert lowest_price(coat, at=NOW) is None


def test_each_further_cut_is_a_reduction_of_its_own(coat):
    history(coat, (-60, "100.00"), (-5, "80.00"), (0, "60.00"))
    assert lowest_price(coat, at=day(1)) == 80


def test_more_announced_at_the_same_price_is_a_reduction_of_its_own(coat):
    history(coat, (-60, "100.00"), (0, "80.00"))
    history(coat, (5, "80.00"), regular="110.00")
    assert lowest_price(coat, at=day(6)) == 80


def test_without_a_reduction_it_says_what_one_made_now_must_show(coat):
    history(coat, (-60, "90.00"), (-10, "85.00"), (-5, "100.00"))
    assert lowest_price(coat, at=NOW) == 85


def test_what_comes_later_is_not_known_yet(coat):
    history(coat, (-60, "100.00"), (0, "50.00"))
    assert lowest_price(coat, at=day(-1)) == Decimal(100)


def amount(said):
    return None if said is None else Decimal(said)


def steps_of(changes):
    return [
        Step(
            datetime.fromisoformat(at), amount(price), amount(regular), *rest or ["EUR"]
        )
        for at, price, regular, *rest in changes
    ]


@pytest.mark.parametrize(
    "case", SHARED["histories"], ids=[one["about"] for one in SHARED["histories"]]
)
def test_it_says_what_the_plugin_says(case):
    steps, zone = steps_of(case["changes"]), ZoneInfo(case["zone"])
    assert before_reduction(steps, zone) == amount(case["lowest"])


def test_days_are_those_of_the_shop(coat):
    change_price(
        coat, money("70"), at=day(-60), reason="test", regular_price=money("100")
    )
    change_price(
        coat,
        money("100"),
        at=datetime.fromisoformat("2026-05-01T22:30Z"),
        reason="test",
    )
    change_price(coat, money("80"), at=NOW, reason="test")
    assert lowest_price(coat, at=NOW) == 100
    coat.store.time_zone = "Asia/Riyadh"
    assert lowest_price(coat, at=NOW) == 70


def test_a_product_whose_date_was_moved_is_not_new(store, coat):
    """To show it first. What it cost before it was copied, nobody knows."""
    history(coat, (-10, "80.00"), (0, "60.00"), regular="80.00")
    Product.objects.of(store).update(created_at=day(-10), published_at=day(-8))
    assert lowest_price(coat, at=day(1)) is None
    Product.objects.of(store).update(published_at=day(-10))
    coat.refresh_from_db()
    assert lowest_price(coat, at=day(1)) == 80
