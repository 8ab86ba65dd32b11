from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine

from apps.backoffice.services import figures, layout
from apps.backoffice.services.period import last_days
from apps.backoffice.services.weeks import WEEKS, weekly_revenue
from apps.shop.models import Order, OrderLine
from tests.backoffice.conftest import signed_in
from tests.conftest import NOW


def order(store, at, total=100, **values):
    return Order.objects.create(
        **{
            "store": store, "number": "1", "status": "completed", "currency": "EUR",
            "total": total, "refunded_total": values.pop("refunded", 0),
            "placed_at": at, "customer": values.pop("person", None), **values,
        }
    )  # fmt: skip


def test_revenue_is_net_of_refunds_and_counts_paid_orders(store, other_store):
    order(store, NOW, 100, refunded=30)
    order(store, NOW, 50, status="shipped-by-plugin")
    order(store, NOW, 999, status="cancelled")
    order(other_store, NOW, 999)
    order(store, NOW - timedelta(days=40), 80)
    now, before = figures.sales(store, last_days(store, NOW, 30))
    assert (now.orders, now.revenue, now.average) == (2, Decimal(120), Decimal(60))
    assert (before.orders, before.revenue) == (1, Decimal(80))


def test_nothing_adds_euros_to_dollars(store):
    order(store, NOW, 100, refunded=30)
    order(store, NOW, 7_000, currency="USD", refunded=1_000)
    order(store, NOW - timedelta(days=40), 80)
    order(store, NOW - timedelta(days=40), 9_000, currency="JPY")
    now, before = figures.sales(store, last_days(store, NOW, 30))
    assert (now.orders, now.total, now.refunded) == (2, Decimal(100), Decimal(30))
    assert (now.average, now.elsewhere) == (Decimal(70), {"USD": 1})
    assert (before.orders, before.revenue) == (2, Decimal(80))
    assert (before.average, before.elsewhere) == (Decimal(80), {"JPY": 1})
    assert sum(week.revenue for week in weekly_revenue(store, NOW)) == 150


def test_best_sellers_count_all_pieces_and_sum_one_currency(shop):
    sold = Order.objects.of(shop).order_by("pk")[0]
    Order.objects.of(shop).filter(pk=sold.pk).update(currency="USD")
    product = sold.lines.get().product_id
    OrderLine.objects.of(shop).filter(order=sold).update(quantity=9)
    best, second, *_ = figures.best_sellers(shop, last_days(shop, NOW, 30))
    assert best == {"sold": product, "pieces": 9, "paid": 0}
    assert (second["pieces"], second["paid"]) == (2, 160)


@pytest.mark.parametrize(
    ("currencies", "told"),
    [
        ([], ""),
        (["USD"], "1 order in USD is not in these sums."),
        (["USD"] * 3, "3 orders in USD are not in these sums."),
        (["USD", "JPY"], "1 order in JPY and 1 in USD are not in these sums."),
        (
            ["USD", "JPY", "GBP", "USD"],
            "1 order in GBP, 1 in JPY and 2 in USD are not in these sums.",
        ),
        ([""], "1 order in an unknown currency is not in these sums."),
    ],
)
@time_machine.travel(NOW)
def test_the_page_says_which_orders_are_in_no_sum(store, page, currencies, told):
    order(store, NOW, 100)
    for currency in currencies:
        order(store, NOW, 7_000, currency=currency)
    body = page.get("/admin/").content.decode()
    assert "€100.00" in body
    assert ("not in these sums" in body) == bool(told)
    assert told in body


def test_a_customer_s_sums_are_by_currency(store, ada, page):
    url = f"/admin/shop/customer/{ada.pk}/change/"
    assert "€0.00 in 0 orders" in page.get(url).content.decode()
    order(store, NOW, 100, refunded=30, person=ada)
    order(store, NOW, 50, person=ada)
    order(store, NOW, 7_000, person=ada, currency="AED")
    body = page.get(url).content.decode()
    assert "€120.00 in 2 orders, AED\u00a07,000.00 in 1 order" in body


def test_days_begin_at_the_store_s_midnight(store):
    store.time_zone = "Asia/Kolkata"
    period = last_days(store, datetime(2026, 6, 1, 20, 0, tzinfo=UTC), 7)
    zone = ZoneInfo("Asia/Kolkata")
    assert period.start == datetime(2026, 5, 27, tzinfo=zone)
    assert period.end == datetime(2026, 6, 3, tzinfo=zone)


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/New_York", "UTC"])
def test_a_week_begins_on_monday_in_the_store(store, zone):
    store.time_zone = zone
    midnight = datetime(2026, 3, 9, tzinfo=ZoneInfo(zone))
    order(store, midnight - timedelta(seconds=1), 10)
    order(store, midnight, 5, refunded=2)
    weeks = {week.starts_on: week.revenue for week in weekly_revenue(store, NOW)}
    assert len(weeks) == WEEKS
    assert weeks[date(2026, 3, 2)] == 10
    assert weeks[date(2026, 3, 9)] == 3


def test_buyers_are_new_or_came_back(store, ada, dov):
    ada.first_ordered_at = NOW
    dov.first_ordered_at = NOW - timedelta(days=400)
    ada.save()
    dov.save()
    for person in (ada, ada, dov):
        order(store, NOW, person=person)
    assert figures.buyers(store, last_days(store, NOW, 30)) == figures.Buyers(1, 1)


def test_it_lists_what_sold_and_is_gone(shop):
    period = last_days(shop, NOW, 30)
    assert figures.best_sellers(shop, period)[0]["pieces"] == 2
    assert figures.shelf(shop) == figures.Shelf(sold_out=1, few_left=3)
    gone = figures.wanted_but_gone(shop, period)
    assert [row["left"] for row in gone] == [0, 1, 2, 3]


def test_a_person_chooses_cards(shop, owner, page, manager):
    page.post(
        "/admin/home/cards/",
        {
            "show_orders": "1",
            "place_orders": "2",
            "show_weeks": "1",
            "place_weeks": "1",
        },
    )
    assert layout.chosen(shop, owner) == ["weeks", "orders"]
    assert layout.chosen(shop, manager) == list(layout.CARDS)
    body = page.get("/admin/").content.decode()
    assert "card-orders" in body
    assert "card-revenue" not in body


@time_machine.travel(NOW)
def test_the_page_says_it_in_words(shop, page):
    body = page.get("/admin/").content.decode()
    assert "€960.00" in body  # 12 orders of 160 less 80.
    assert "How we know" in body
    assert "Waits for a worker" in body


def test_an_empty_shop_is_told_so(page, store):
    assert (
        "There are no orders in these days yet" in page.get("/admin/").content.decode()
    )


def test_another_store_s_home_is_its_own(shop, stranger):
    body = signed_in(stranger).get("/admin/").content.decode()
    assert "Dress" not in body
    assert "$0.00" in body
