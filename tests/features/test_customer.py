from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from apps.accounts.models import Store
from apps.features.services.frame import frame
from apps.shop.models import Order
from tests.conftest import NOW
from tests.features.conftest import COMPUTER, PHONE, TABLET, ago

pytestmark = pytest.mark.django_db


def test_it_counts_what_was_kept_and_paid(shop, ada):
    dress, hat = shop.product("Dress"), shop.product("Hat")
    first = shop.order(ada, (dress, 2, "100", "120"), days=100)
    shop.order(ada, (hat, 1, "30"), days=40)
    shop.order(ada, (hat, 1, "99"), days=3, status=Order.Status.CANCELLED)
    shop.refund(first, "50", (first.lines.get(), 1, "50"), days=90)
    row = shop.numbers("customer", customer=ada.pk)
    assert {
        name: row[name] for name in ("orders", "orders_90", "units", "products")
    } == {
        "orders": 2,
        "orders_90": 1,
        "units": 2,
        "products": 2,
    }
    assert (row["spent"], row["spent_90"], row["average_order"]) == (80.0, 30.0, 65.0)
    assert (row["returned_units"], row["return_share"]) == (1, round(1 / 3, 6))
    assert row["refund_share"] == round(50 / 130, 6)
    assert row["discount_share"] == round(20 / 150, 6)


def test_it_spreads_money_given_back_for_nothing_named(shop, ada):
    """A quarter of all that was paid came back: a quarter of the goods, too."""
    dress = shop.product()
    order = shop.order(ada, (dress, 1, "60"), total=Decimal(80))
    shop.refund(order, "20")
    assert shop.numbers("customer", customer=ada.pk)["spent"] == 45.0


def test_it_reckons_refunds_as_the_margin_does(shop, ada):
    from apps.shop.services.margin import order_margin

    dress, hat = shop.product("Dress"), shop.product("Hat")
    order = shop.order(ada, (dress, 2, "70"), (hat, 3, "45"), total=Decimal("133.33"))
    line = order.lines.order_by("pk").first()
    shop.refund(order, "41.20", (line, 1, "35"), days=3)
    read = Order.objects.of(shop.store).with_money().get(pk=order.pk)
    row = shop.numbers("customer", customer=ada.pk)
    assert row["spent"] == pytest.approx(float(order_margin(read).revenue), abs=0.011)


def test_it_adds_no_dollars_to_euros(shop, ada):
    dress = shop.product()
    shop.order(ada, (dress, 1, "40"), days=9)
    shop.order(ada, (dress, 3, "500"), days=8, currency="USD")
    row = shop.numbers("customer", customer=ada.pk)
    assert (row["orders"], row["units"], row["spent"], row["average_order"]) == (
        2,
        4,
        40.0,
        40.0,
    )


def test_it_measures_the_rhythm(shop, ada):
    dress = shop.product()
    for days in (100, 90, 60):
        shop.order(ada, (dress, 1, "10"), days=days)
    row = shop.numbers("customer", customer=ada.pk)
    assert (row["recency_days"], row["tenure_days"]) == (60.0, 100.0)
    assert (row["gap_mean"], row["gap_median"]) == (20.0, 20.0)
    assert row["gap_sd"] == round(200**0.5, 6)
    assert row["overdue"] == 3.0


def test_it_tells_hours_and_days_in_the_stores_time(shop, ada):
    """Sunday 23:30 in London's summer is Monday 00:30 in Berlin's."""
    Store.objects.filter(pk=shop.store.pk).update(time_zone="Europe/Berlin")
    shop.store.refresh_from_db()
    sunday = datetime(2026, 5, 10, 22, 30, tzinfo=UTC)
    shop.order(ada, (shop.product(), 1, "10"), placed_at=sunday)
    row = shop.numbers("customer", customer=ada.pk)
    assert (row["preferred_hour"], row["preferred_weekday"]) == (0.0, 1.0)
    assert row["weekend_share"] == 0.0


def test_it_counts_the_hour_that_comes_twice_by_its_name(shop, ada):
    """02:30 happens twice on the night when summer ends in Berlin."""
    Store.objects.filter(pk=shop.store.pk).update(time_zone="Europe/Berlin")
    shop.store.refresh_from_db()
    night = datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    for at in (night, night + timedelta(hours=1)):
        shop.order(ada, (shop.product(), 1, "10"), placed_at=at)
    row = shop.numbers("customer", customer=ada.pk)
    assert (row["preferred_hour"], row["gap_mean"]) == (2.0, round(1 / 24, 6))


def test_it_knows_what_was_bought_reduced(shop, ada):
    dress = shop.product()
    shop.price(dress, "50", "50", days=60)
    shop.price(dress, "40", "50", days=30)
    shop.order(ada, (dress, 1, "50"), days=40)
    shop.order(ada, (dress, 3, "120"), days=20)
    shop.order(ada, (shop.product("Hat"), 5, "50"), days=20)
    assert shop.numbers("customer", customer=ada.pk)["reduced_share"] == 0.75


def test_it_knows_taste_and_size(shop, ada):
    tops = shop.category("Tops")
    shirts = shop.category("Shirts", tops)
    shoes = shop.category("Shoes")
    shirt = shop.product("Shirt", shirts, sizes=("M",), brand="Mira")
    boot = shop.product("Boot", shoes, sizes=("39",), brand="Nord")
    shop.order(ada, (shirt, 3, "60"), (boot, 1, "90"))
    row = shop.numbers("customer", customer=ada.pk)
    assert row["category_shares"] == [
        {"key": str(shirts.pk), "share": 0.75},
        {"key": str(shoes.pk), "share": 0.25},
    ]
    assert [each["key"] for each in row["brand_shares"]] == ["Mira", "Nord"]
    assert row["brand_entropy"] == 0.562335
    assert str(row["band_entropy"]) == "0.0"
    assert row["size_profile"] == [
        {"key": f"{tops.pk}:M", "share": 1.0},
        {"key": f"{shoes.pk}:39", "share": 1.0},
    ]


def test_it_places_prices_within_their_group(shop, ada, cleo):
    tops = shop.category("Tops")
    cheap, middle, dear = (shop.product(name, tops) for name in ("A", "B", "C"))
    shop.order(cleo, (cheap, 1, "10"), (middle, 1, "20"), (dear, 1, "90"))
    shop.order(ada, (dear, 3, "270"), (cheap, 1, "10"))
    row = shop.numbers("customer", customer=ada.pk)
    assert (row["band_low_share"], row["band_mid_share"], row["band_high_share"]) == (
        0.25,
        0.0,
        0.75,
    )


def test_it_counts_what_they_look_at(shop, ada):
    dress, hat = shop.product("Dress"), shop.product("Hat")
    for days in (1, 5, 20, 80):
        shop.touch("product_view", dress, days=days, customer=ada)
    shop.touch("product_view", hat, days=2, customer=ada)
    shop.touch("add_to_cart", hat, days=2, customer=ada)
    shop.touch("wishlist", hat, days=40, customer=ada)
    shop.order(ada, (hat, 1, "10"), days=1)
    shop.visit("s1", days=1, customer=ada, device=PHONE)
    shop.visit("s2", days=20, customer=ada, device=COMPUTER)
    shop.visit("s3", days=21, customer=ada, device=PHONE)
    shop.visit("s4", days=80, customer=ada, device=TABLET)
    shop.visit("s5", days=85, customer=ada, device="")
    shop.visit("robot", days=0.1, customer=ada, device=PHONE, is_bot=True)
    row = shop.numbers("customer", customer=ada.pk)
    assert [row[f"views_{n}"] for n in (7, 30, 90)] == [3, 4, 5]
    assert [row[f"carts_{n}"] for n in (7, 30, 90)] == [1, 1, 1]
    assert [row[f"wishlists_{n}"] for n in (7, 30, 90)] == [0, 0, 1]
    assert [row[f"sessions_{n}"] for n in (7, 30, 90)] == [1, 3, 5]
    assert (row["view_days"], row["seen_days"]) == (1.0, 1.0)
    assert (row["products_viewed_90"], row["browse_to_buy"]) == (2, 0.5)
    shares = [row[f"{name}_share"] for name in ("mobile", "tablet", "desktop")]
    assert shares == [0.5, 0.25, 0.25]


def test_it_gives_a_visitor_s_looks_to_who_signed_in(shop, ada, cleo):
    """Before the first sign-in they are the first one's; nobody's till then."""
    dress = shop.product()
    for days in (30, 20, 5):
        shop.touch("product_view", dress, days=days, visitor="v1", customer=ada)
    shop.link("v1", ada, days=25)
    shop.link("v1", cleo, days=10)

    def views(days):
        rows = frame(shop.store, "customer", ago(days))
        return dict(rows.select("customer", "views_90").iter_rows())

    for person in (ada, cleo):
        type(person).objects.filter(pk=person.pk).update(source_created_at=ago(100))
    assert views(0) == {ada.pk: 2, cleo.pk: 1}
    assert views(15) == {ada.pk: 2, cleo.pk: 0}
    assert views(26) == {ada.pk: 0, cleo.pk: 0}


def test_it_leaves_out_who_was_not_met_yet(shop, ada, cleo):
    shop.order(ada, (shop.product(), 1, "10"), days=10)
    rows = frame(shop.store, "customer", ago(5))
    assert rows["customer"].to_list() == [ada.pk]
    assert frame(shop.store, "customer", ago(10)).is_empty()


def test_it_reads_few_customers_as_it_reads_all(shop, ada, cleo, dov):
    tops = shop.category("Tops")
    dress, hat = shop.product("Dress", tops), shop.product("Hat", tops)
    for person, days in ((ada, 40), (cleo, 30), (dov, 20), (ada, 10)):
        order = shop.order(person, (dress, 2, "40", "50"), (hat, 1, "15"), days=days)
        shop.refund(order, "7", days=days - 1)
        shop.touch("product_view", hat, days=days, customer=person)
    everyone = frame(shop.store, "customer", NOW)
    for person in (ada, cleo, dov):
        alone = frame(shop.store, "customer", NOW, ids=[person.pk])
        assert alone.equals(everyone.filter(customer=person.pk))
        both = frame(shop.store, "pair", NOW, ids=[person.pk])
        assert both.equals(frame(shop.store, "pair", NOW).filter(customer=person.pk))
