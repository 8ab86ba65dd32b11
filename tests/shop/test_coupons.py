from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.errors import ConflictError, InvalidInputError
from apps.shop.models import Coupon, OrderLine
from apps.shop.services.coupons import discount
from apps.shop.services.place_order import place
from tests.conftest import NOW
from tests.shop.conftest import money

CARTS = st.lists(
    st.tuples(st.integers(1, 9), st.integers(0, 20_000)), min_size=1, max_size=8
)


def make(store, **values):
    fields = {"code": "spring", "kind": "percent", "amount": money("10"), **values}
    return Coupon.objects.create(store=store, **fields)


def buy(customer, variant, quantity=1, code="spring"):
    lines = [(variant, quantity)]
    return place(
        customer.store, customer=customer, lines=lines, at=NOW, coupon_code=code
    )


def count(store):
    return Coupon.objects.of(store).get().usage_count


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "total"),
    [
        ({"kind": "percent", "amount": "12.6"}, "69.92"),
        ({"kind": "fixed_cart", "amount": "15"}, "65.00"),
        ({"kind": "fixed_product", "amount": "15"}, "50.00"),
        ({"kind": "fixed_cart", "amount": "500"}, "0.00"),
        ({"kind": "fixed_product", "amount": "500"}, "0.00"),
        ({"kind": "percent", "amount": "150"}, "0.00"),
    ],
)
def test_each_kind_takes_off_its_amount(store, ada, medium, values, total):
    make(store, **{**values, "amount": money(values["amount"])})
    order = buy(ada, medium, 2)
    assert (order.total, order.discount_total) == (money(total), 80 - money(total))
    assert count(store) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"starts_at": NOW + timedelta(seconds=1)}, "not valid yet"),
        ({"expires_at": NOW}, "expired"),
        ({"usage_limit": 3, "usage_count": 3}, "used up"),
        ({"minimum_amount": money("40.01")}, "too small"),
        ({"deleted_at": NOW}, "no such"),
        ({"code": "summer"}, "no such"),
        ({"kind": "sign_up_fee"}, "only in the shop"),
    ],
)
def test_it_is_refused_and_not_counted(store, ada, medium, values, words):
    make(store, **values)
    before = count(store)
    with pytest.raises(InvalidInputError, match=words):
        buy(ada, medium)
    assert (count(store), ada.orders.count()) == (before, 0)


@pytest.mark.django_db
def test_each_customer_uses_it_as_often_as_allowed(store, ada, dov, medium):
    make(store, usage_limit_per_customer=1)
    buy(ada, medium)
    with pytest.raises(InvalidInputError, match="already"):
        buy(ada, medium, code="SPRING")
    buy(dov, medium)
    assert count(store) == 2


@pytest.mark.django_db
def test_trap_25_a_single_use_is_single(store, ada, dov, medium):
    make(store, usage_limit=1)
    buy(ada, medium)
    with pytest.raises((InvalidInputError, ConflictError)):
        buy(dov, medium)
    assert count(store) == 1


@given(
    cart=CARTS,
    kind=st.sampled_from(Coupon.Kind.values),
    amount=st.decimals(0, 200, places=2),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_no_line_goes_below_zero_and_all_adds_up(cart, kind, amount, currency):
    step = {"EUR": Decimal("0.01"), "JPY": 1, "KWD": Decimal("0.001")}[currency]
    lines = [
        OrderLine(quantity=n, subtotal=n * price * step, total=n * price * step)
        for n, price in cart
    ]
    off = discount(Coupon(kind=kind, amount=amount), lines, currency)
    assert sum(line.total for line in lines) == sum(x.subtotal for x in lines) - off
    assert all(0 <= line.total <= line.subtotal for line in lines)
