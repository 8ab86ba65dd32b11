from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from apps.core.errors import ConflictError, InvalidInputError
from apps.shop.models import Order, Refund, RefundLine
from apps.shop.services import refunds
from apps.shop.services.remove import remove
from apps.shop.services.upsert import Outcome
from tests.at_once import at_once
from tests.conftest import NOW
from tests.shop.conftest import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(store):
    return make_order(store, [("100.00", "0")])


def send(order, amount, woo_id=8, lines=(), minutes=0):
    at = NOW + timedelta(minutes=minutes)
    return refunds.record(order, woo_id, {"amount": amount, "refunded_at": at}, lines)


def refunded(order):
    return Order.objects.of(order.store).get(pk=order.pk).refunded_total


def test_it_lowers_what_stayed_with_the_shop(order):
    send(order, "30.00")
    order.refresh_from_db()
    assert (order.refunded_total, order.net_total, order.total) == (30, 70, 100)


def test_trap_5_twice_is_once(order):
    assert send(order, "30.00")[1] == Outcome.CREATED
    assert send(order, "30.00")[1] == Outcome.UNCHANGED
    assert refunded(order) == 30


def test_refunds_add_up_to_the_cent(order):
    for woo_id in range(1, 8):
        send(order, "0.01", woo_id)
    assert refunded(order) == Decimal("0.07")


def test_trap_5_a_deleted_refund_is_money_again(store, order):
    send(order, "30.00", 8)
    send(order, "20.00", 9)
    remove(Refund, store, 8, NOW + timedelta(minutes=1))
    assert refunded(order) == 20


def test_its_lines_are_written_once(store, order):
    line = (3, {"order_line": order.lines.get(), "quantity": 1, "total": "30.00"})
    send(order, "30.00", lines=[line])
    send(order, "30.00", lines=[line])
    assert RefundLine.objects.of(store).get().total == 30


@pytest.mark.parametrize(
    ("amount", "line"),
    [("-1", {"total": "0"}), ("1", {"total": "-1"}), ("1", {"total": 1, "tax": -1})],
)
def test_negative_amounts_are_refused(store, order, amount, line):
    with pytest.raises(InvalidInputError):
        send(order, amount, lines=[(3, line)])
    assert (refunded(order), Refund.objects.of(store).count()) == (0, 0)


def test_more_than_was_paid_is_copied_and_flagged(store, order):
    send(order, "130.00")
    assert refunded(order) == 130
    assert Order.objects.of(store).over_refunded().get() == order


def test_a_refund_of_our_own_is_never_more_than_is_left(store, order):
    refunds.give(order, {"amount": Decimal("99.99"), "refunded_at": NOW})
    with pytest.raises(ConflictError, match=r"At most 0\.01"):
        refunds.give(order, {"amount": Decimal("0.02"), "refunded_at": NOW})
    assert refunded(order) == Decimal("99.99")
    assert Refund.objects.of(store).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_refunds_at_the_same_moment_all_count(order):
    deliver = lambda woo_id: send(order, "1.00", woo_id)  # noqa: E731
    assert at_once(*[deliver] * 8, rows=[1, 2, 3, 4] * 2) == ["won"] * 8
    assert refunded(order) == 4


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_refund_the_rest_at_once_refund_it_once(order):
    values = {"amount": Decimal(60), "refunded_at": NOW}
    give = lambda row: refunds.give(row, values)  # noqa: E731
    assert sorted(at_once(give, give, rows=[order, order])) == ["conflict", "won"]
    assert refunded(order) == 60
