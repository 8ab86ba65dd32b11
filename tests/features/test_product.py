from __future__ import annotations

from decimal import Decimal

import pytest

from apps.features.services.frame import frame
from tests.conftest import NOW
from tests.features.conftest import ago

pytestmark = pytest.mark.django_db


def test_it_counts_what_sold_net_of_what_came_back(shop, ada, cleo):
    dress = shop.product(cost=Decimal(20))
    shop.order(ada, (dress, 2, "100"), days=80)
    order = shop.order(cleo, (dress, 3, "120"), days=20)
    shop.order(ada, (dress, 1, "50"), days=2)
    shop.refund(order, "40", (order.lines.get(), 1, "40"))
    row = shop.numbers("product", product=dress.pk)
    assert [row[f"units_{n}"] for n in (7, 28, 90)] == [1, 3, 5]
    assert [row[f"revenue_{n}"] for n in (7, 28, 90)] == [50.0, 130.0, 230.0]
    assert (row["orders_90"], row["buyers_90"]) == (3, 2)
    assert (row["first_sold_days"], row["last_sold_days"]) == (80.0, 2.0)
    assert row["return_share"] == round(1 / 6, 6)
    assert row["price_paid"] == 45.0
    assert row["margin_share"] == round(130 / 230, 6)
    # No day is known in stock, so all 28 count: 4 pieces, 1 of them lately.
    assert row["velocity"] == round(4 / 28, 6)
    assert row["acceleration"] == 0.0


def test_it_counts_the_days_in_stock_of_each_size(shop, ada):
    dress = shop.product(sizes=("S", "XL"))
    small, large = dress.variants.order_by("pk")
    shop.stock(small, 5, days=200)
    shop.stock(small, 0, days=14)
    shop.stock(large, 3, days=10)
    row = shop.numbers("product", product=dress.pk)
    assert (row["in_stock_28"], row["in_stock_90"]) == (12.0, 43.0)
    assert row["stock_known_90"] == 50.0
    assert (row["stock"], row["size_share"]) == (3, 0.5)
    shop.order(ada, (dress, 3, "30"), days=30)
    row = shop.numbers("product", product=dress.pk)
    # Small sold three: it weighs four times as much as large.
    assert row["in_stock_28"] == round((14 * 4 + 10) / 5, 6)
    assert row["sell_through"] == 0.5


def test_it_does_not_count_pieces_that_the_shop_does_not(shop):
    dress = shop.product()
    shop.stock(dress.variants.get(), None, days=20)
    row = shop.numbers("product", product=dress.pk)
    assert (row["stock"], row["size_share"], row["in_stock_28"]) == (None, 1.0, 20.0)


def test_it_takes_the_price_from_the_history(shop):
    tops = shop.category("Tops")
    dress, hat, coat = (shop.product(n, tops) for n in ("Dress", "Hat", "Coat"))
    shop.price(dress, "50", "50", days=50)
    shop.price(dress, "40", "50", days=5)
    shop.price(hat, "20", days=50)
    shop.price(coat, "80", days=50)
    row = shop.numbers("product", product=dress.pk)
    assert (row["price"], row["regular_price"], row["discount_depth"]) == (40, 50, 0.2)
    assert (row["price_index"], row["price_changes_90"], row["price_days"]) == (1, 1, 5)
    before = shop.numbers("product", product=dress.pk, days=10)
    assert (before["price"], before["discount_depth"]) == (50.0, 0.0)
    assert (before["price_changes_90"], before["price_days"]) == (0, None)


def test_it_draws_a_young_product_s_season_to_its_category(shop, ada):
    tops, years = shop.category("Tops"), {"published_at": ago(800)}
    old, new = shop.product("Old", tops, **years), shop.product("New", tops)
    shop.order(ada, (old, 5, "50"), days=400)
    # Of the last whole year: 120 pieces, all in May (NOW is the first of June).
    shop.order(ada, (old, 120, "1200"), days=15)
    row = shop.numbers("product", product=new.pk)
    may = (120 + 120 / 12) / 240
    assert row["month_shares"][4] == round(may, 6)
    assert sum(row["month_shares"]) == pytest.approx(1, abs=1e-5)
    assert row["season_index"] == round((120 / 12 / 240) * 12, 6)
    ours = shop.numbers("product", product=old.pk)
    assert ours["month_shares"][4] == round((120 + 24 * may) / 144, 6)
    # New was there for 200 days: what it sells counts by that share of a year.
    shop.order(ada, (new, 73, "73"), days=10)
    lived, group = 73 * 200 / 365, (193 + 10) / 313
    row = shop.numbers("product", product=new.pk)
    assert row["month_shares"][4] == round((lived + 24 * group) / (lived + 24), 6)


def test_it_takes_a_young_shop_for_no_season(shop, ada):
    dress = shop.product(published_at=ago(36.5), source_created_at=ago(36.5))
    shop.order(ada, (dress, 100, "1000"), days=36.5)
    row = shop.numbers("product", product=dress.pk)
    april = (10 + 10) / 130
    assert row["month_shares"][3] == round((10 + 24 * april) / 34, 6)


def test_it_follows_attention_to_the_order(shop, ada, cleo):
    dress = shop.product()
    for days, visitor in ((1, "v1"), (2, "v1"), (10, "v2"), (40, "v3")):
        shop.touch("product_view", dress, days=days, visitor=visitor)
    shop.touch("add_to_cart", dress, days=1, visitor="v1")
    shop.touch("add_to_cart", dress, days=1, visitor="v2")
    shop.touch("wishlist", dress, days=3, visitor="v2")
    shop.order(ada, (dress, 1, "10"), days=1)
    row = shop.numbers("product", product=dress.pk)
    assert [row[f"views_{n}"] for n in (7, 28, 90)] == [2, 3, 4]
    assert (row["viewers_28"], row["carts_28"], row["wishlists_28"]) == (2, 2, 1)
    rates = (row["view_to_cart"], row["view_to_buy"], row["cart_to_buy"])
    assert rates == (round(2 / 3, 6), round(1 / 3, 6), 0.5)


def test_it_leaves_out_what_was_deleted_or_not_there_yet(shop):
    old = shop.product("Old", deleted_at=ago(3))
    new = shop.product("New", published_at=ago(2), source_created_at=ago(2))
    assert frame(shop.store, "product", NOW)["product"].to_list() == [new.pk]
    assert frame(shop.store, "product", ago(5))["product"].to_list() == [old.pk]
