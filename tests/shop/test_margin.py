from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.shop.models import Order
from apps.shop.services import refunds
from apps.shop.services.margin import order_margin
from tests.conftest import NOW
from tests.shop.conftest import make_order, money

pytestmark = pytest.mark.django_db


def net(order):
    return order_margin(Order.objects.of(order.store).with_money().get(pk=order.pk))


def give_back(order, amount, woo_id=8, lines=(), extras="0"):
    values = {"amount": amount, "extras_total": extras, "refunded_at": NOW}
    refunds.record(order, woo_id, values, lines)
    return net(order)


def back(order, number, quantity, total, tax="0"):
    line = order.lines.order_by("pk")[number]
    values = {"order_line": line, "quantity": quantity, "total": total, "tax": tax}
    return number + 100, values


def priced(total, cost, quantity=1, tax="0"):
    return {
        "total": money(total),
        "tax": money(tax),
        "unit_cost": money(cost),
        "quantity": quantity,
    }


def test_margin_is_revenue_less_cost(store):
    order = make_order(store, [priced("100.00", "15.00", 2, tax="19.00")])
    assert (net(order).revenue, net(order).margin, net(order).gross) == (100, 70, 119)


def test_what_came_back_is_neither_sold_nor_paid(store):
    order = make_order(store, [priced("100.00", "15.00", 2), priced("30.00", "10.00")])
    rest = give_back(order, "50.00", lines=[back(order, 0, 1, "50.00")])
    assert (rest.revenue, rest.margin) == (80, 80 - 25)
    assert [line.quantity for line in rest.lines] == [1, 1]


def test_money_alone_is_spread_over_the_lines(store):
    order = make_order(store, [priced("20.00", "5"), priced("10.00", "5")])
    rest = give_back(order, "1.00")
    assert [line.revenue for line in rest.lines] == [money("19.33"), money("9.67")]
    assert rest.margin == 19


def test_money_alone_gives_back_tax_too(store):
    order = make_order(store, [priced("100.00", "5", tax="19.00")])
    rest = give_back(order, "11.90")
    assert (rest.lines[0].revenue, rest.lines[0].tax) == (90, money("17.10"))


def test_shipping_comes_back_from_shipping(store):
    order = make_order(store, [priced("50.00", "5")], total=money("54.90"))
    rest = give_back(order, "4.90", extras="4.90")
    assert (rest.revenue, rest.extras) == (50, 0)


def test_a_line_that_is_gone_is_spread(store):
    order = make_order(store, [priced("50.00", "5")])
    line = (3, {"order_line": None, "quantity": 1, "total": "10.00"})
    assert give_back(order, "10.00", lines=[line]).revenue == 40


def test_a_deleted_refund_takes_nothing(store):
    order = make_order(store, [priced("50.00", "5")])
    give_back(order, "10.00")
    order.refunds.update(deleted_at=NOW)
    assert net(order).revenue == 50


def test_a_full_refund_leaves_nothing(store):
    order = make_order(store, [priced("33.33", "5", tax="6.33"), priced("0.01", "1")])
    rest = give_back(order, str(order.total))
    assert (rest.revenue, rest.gross, rest.extras) == (0, 0, 0)


def test_an_unknown_cost_makes_an_unknown_margin(store):
    order = make_order(store, [priced("50.00", "5"), ("10.00", "0")])
    assert (net(order).margin, net(order).lines[0].margin) == (None, 45)


def test_many_orders_are_reckoned_in_four_queries(store, django_assert_num_queries):
    for _ in range(3):
        order = make_order(store, [priced("50.00", "5")])
        refunds.give(order, {"amount": money("1"), "refunded_at": NOW})
    with django_assert_num_queries(4):
        nets = [order_margin(o) for o in Order.objects.of(store).with_money()]
    assert sum(each.margin for each in nets) == 3 * 44


cents = st.integers(0, 50_000).map(lambda n: Decimal(n) / 100)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    lines=st.lists(st.tuples(cents, cents), min_size=1, max_size=5),
    shipping=cents,
    shares=st.lists(st.integers(0, 100), max_size=4),
)
def test_no_cent_appears_or_goes_missing(store, lines, shipping, shares):
    rows = [{"total": total, "tax": tax} for total, tax in lines]
    goods = sum((total + tax for total, tax in lines), Decimal(0))
    order = make_order(store, rows, total=goods + shipping)
    for share in shares:
        left = order.total - order.refunded_total
        amount = (left * share / 100).quantize(Decimal("0.01"))
        refunds.give(order, {"amount": amount, "refunded_at": NOW})
    rest = net(order)
    assert rest.gross == order.total - order.refunded_total
    assert min([rest.extras, *(line.gross for line in rest.lines)]) >= 0
    assert min([v for line in rest.lines for v in (line.revenue, line.tax)]) >= 0


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lines=st.lists(st.tuples(cents, cents), min_size=1, max_size=4), amount=cents)
def test_sums_hold_even_where_the_shop_errs(store, lines, amount):
    """Totals at four places, refunds beyond the order."""
    rows = [{"total": t / 3, "tax": x / 7} for t, x in lines]
    rows = [{k: v.quantize(Decimal("0.0001")) for k, v in r.items()} for r in rows]
    order = make_order(store, rows, total=Decimal("100.00"))
    line = back(order, 0, 1, rows[0]["total"] / 2, rows[0]["tax"])
    rest = give_back(order, amount, lines=[line])
    assert abs(rest.gross - (100 - amount)) < Decimal("0.0001")
