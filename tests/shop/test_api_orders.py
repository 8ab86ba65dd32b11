from __future__ import annotations

from datetime import timedelta

import pytest

from apps.shop.models import Coupon, Order
from apps.shop.services import refunds
from tests.callers import person
from tests.conftest import NOW
from tests.shop.conftest import make_order, money

pytestmark = pytest.mark.django_db
ORDERS, REFUNDS, COUPONS = (f"/api/v1/{n}/" for n in ("orders", "refunds", "coupons"))


def numbers(client, **query):
    answer = client.get(ORDERS, query)
    assert answer.status_code == 200, answer.content
    return [row["number"] for row in answer.json()["results"]]


def test_an_order_shows_what_stayed_with_the_shop(analyst, store):
    order = make_order(store, [("100.00", "19.00")])
    refunds.give(order, {"amount": money("20.00"), "refunded_at": NOW})
    row = person(analyst).get(f"{ORDERS}{order.pk}/").json()
    amounts = [row[name] for name in ("total", "refunded_total", "net_total")]
    assert amounts == ["119.0000", "20.0000", "99.0000"]
    assert [line["total"] for line in row["lines"]] == ["100.0000"]


def test_drafts_and_the_bin_are_no_orders(analyst, store):
    for status in ("checkout-draft", "trash", "completed"):
        make_order(store, status=status, number=status)
    make_order(store, number="gone", deleted_at=NOW)
    assert numbers(person(analyst)) == ["completed"]


def test_filters_narrow_the_list(analyst, store, ada, dress):
    make_order(store, number="old", placed_at=NOW - timedelta(days=9))
    lines = [{"total": money("1"), "product": dress}] * 2
    make_order(store, lines, number="new", customer=ada, status="on-hold")
    client = person(analyst)
    assert numbers(client, placed_since=NOW.isoformat()) == ["new"]
    assert numbers(client, placed_until=NOW.isoformat()) == ["old"]
    assert numbers(client, status="on-hold") == ["new"]
    assert numbers(client, customer=ada.pk) == ["new"]
    assert numbers(client, product=dress.pk) == ["new"]
    assert numbers(client, number="old") == ["old"]


@pytest.mark.parametrize("url", [ORDERS, REFUNDS, COUPONS])
def test_another_stores_rows_are_not_found(stranger, store, url):
    order = make_order(store, [("10", "0")])
    refund = refunds.give(order, {"amount": money("1"), "refunded_at": NOW})
    coupon = Coupon.objects.create(store=store, code="x", kind="percent", amount=1)
    row = {ORDERS: order, REFUNDS: refund, COUPONS: coupon}[url]
    assert person(stranger).get(url).json()["results"] == []
    assert person(stranger).get(f"{url}{row.pk}/").status_code == 404


@pytest.mark.parametrize("url", [ORDERS, REFUNDS])
def test_a_page_costs_two_queries(analyst, store, url, django_assert_num_queries):
    for _ in range(5):
        order = make_order(store, [("10", "0"), ("5", "0")])
        line = (None, {"order_line": order.lines.first(), "total": "1"})
        values = {"amount": money("1"), "refunded_at": NOW}
        refunds.give(order, values, [line])
    client = person(analyst)
    with django_assert_num_queries(2):
        assert len(client.get(url).json()["results"]) == 5


def test_refunds_are_listed_by_order(analyst, store):
    order, other = (make_order(store, [("10", "0")]) for _ in "12")
    for each in (order, other):
        refunds.give(each, {"amount": money("1"), "refunded_at": NOW})
    rows = person(analyst).get(REFUNDS, {"order": order.pk}).json()["results"]
    assert [(row["order"], row["amount"]) for row in rows] == [(order.pk, "1.0000")]


def test_a_coupon_is_found_without_case(analyst, store):
    Coupon.objects.create(store=store, code="spring", kind="percent", amount=10)
    rows = person(analyst).get(COUPONS, {"code": "SPRING"}).json()["results"]
    assert [row["amount"] for row in rows] == ["10.0000"]


@pytest.mark.parametrize("url", [ORDERS, REFUNDS, COUPONS])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_they_are_read_only(owner, store, url, method):
    make_order(store)
    answer = getattr(person(owner), method)(url, {}, format="json")
    assert answer.status_code == 405
    assert Order.objects.of(store).count() == 1
