from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.shop.models import Order, OrderLine, RefundLine
from apps.shop.services import refunds
from apps.shop.services.orders import record
from apps.shop.services.remove import remove
from apps.shop.services.upsert import Outcome
from tests.at_once import at_once
from tests.conftest import NOW
from tests.shop.conftest import make_order

pytestmark = pytest.mark.django_db
ids = itertools.count(1_000)


def line(woo_id, quantity=1, total="40.00", **values):
    return woo_id, {
        "name": "Dress",
        "quantity": quantity,
        "subtotal": total,
        "total": total,
        **values,
    }


def send(store, lines=(), minutes=0, woo_id=70, **values):
    order = {
        "number": "70",
        "status": "processing",
        "currency": "EUR",
        "total": "40.00",
        "placed_at": NOW,
        **values,
    }
    at = NOW + timedelta(minutes=minutes)
    return record(store, woo_id, at, order, list(lines))


def rows(order):
    lines = order.lines.order_by("woo_id")
    return list(lines.values_list("woo_id", "quantity"))


def test_it_writes_an_order_with_its_lines(store):
    order, outcome = send(store, [line(1), line(2, 3)])
    assert (outcome, rows(order)) == (Outcome.CREATED, [(1, 1), (2, 3)])


def test_the_same_delivery_twice_is_no_change(store):
    send(store, [line(1)])
    assert send(store, [line(1)])[1] == Outcome.UNCHANGED
    assert OrderLine.objects.of(store).count() == 1


def test_a_line_that_stays_keeps_its_row(store):
    order, _ = send(store, [line(1), line(2)])
    kept = order.lines.get(woo_id=2)
    _, outcome = send(store, [line(2, 5), line(3)], minutes=1)
    assert (outcome, rows(order)) == (Outcome.UPDATED, [(2, 5), (3, 1)])
    assert order.lines.get(woo_id=2).pk == kept.pk


def test_a_changed_line_alone_is_a_change(store):
    send(store, [line(1)])
    assert send(store, [line(1, 2)])[1] == Outcome.UPDATED


def test_an_older_delivery_changes_no_line(store):
    order, _ = send(store, [line(2)], minutes=1)
    assert send(store, [line(1)])[1] == Outcome.STALE
    assert rows(order) == [(2, 1)]


def test_lines_without_ids_are_matched_by_place(store):
    order, _ = send(store, [line(None), line(None, 2)])
    first = set(order.lines.values_list("pk", flat=True))
    send(store, [line(None), line(None, 3)], minutes=1)
    assert set(order.lines.values_list("pk", flat=True)) == first
    assert sorted(order.lines.values_list("quantity", flat=True)) == [1, 3]


def test_a_new_line_takes_the_cost_of_now_and_keeps_it(store, dress, medium):
    order, _ = send(store, [line(1, product=dress, variant=medium)])
    dress.cost = 99
    dress.save()
    send(store, [line(1, 2, product=dress, variant=medium)], minutes=1)
    assert order.lines.get().unit_cost == 15


def test_a_variants_own_cost_comes_first(store, dress, medium):
    medium.cost = 12
    order, _ = send(store, [line(1, product=dress, variant=medium)])
    assert order.lines.get().unit_cost == 12


@pytest.mark.parametrize("status", ["checkout-draft", "auto-draft"])
def test_trap_4_a_draft_becomes_no_order(store, status):
    assert send(store, status=status) == (None, Outcome.STALE)
    assert not Order.objects.of(store).exists()


def test_trap_4_a_draft_that_is_placed_is_exactly_one_order(store, ada):
    send(store, [line(1)], status="checkout-draft", customer=ada)
    send(store, [line(1)], minutes=1, customer=ada)
    send(store, [line(1)], status="checkout-draft", minutes=1, customer=ada)
    assert Order.objects.of(store).earning().count() == 1
    assert OrderLine.objects.of(store).count() == 1


def test_an_order_that_turns_back_into_a_draft_counts_no_longer(store, ada):
    send(store, customer=ada, status="pending")
    send(store, customer=ada, status="checkout-draft", minutes=1)
    assert not Order.objects.of(store).placed().exists()


def test_it_dates_its_customer(store, ada, dov):
    send(store, customer=ada)
    send(store, customer=dov, minutes=1)
    ada.refresh_from_db()
    dov.refresh_from_db()
    assert (ada.last_ordered_at, dov.last_ordered_at) == (None, NOW)


def test_a_cancelled_order_earns_nothing(store, ada):
    send(store, customer=ada)
    send(store, customer=ada, status="cancelled", minutes=1)
    ada.refresh_from_db()
    assert ada.first_ordered_at is None


@pytest.mark.parametrize(
    ("status", "earns"),
    [
        ("pending", False), ("failed", False), ("cancelled", False), ("trash", False),
        ("checkout-draft", False), ("processing", True), ("on-hold", True),
        ("completed", True), ("refunded", True), ("shipped", True),
    ],
)  # fmt: skip
def test_what_earns_is_what_woocommerce_counts(store, status, earns):
    make_order(store, status=status)
    assert Order.objects.of(store).earning().exists() is earns


def test_a_removed_line_leaves_its_refund(store):
    order, _ = send(store, [line(1), line(2)])
    back = (9, {"order_line": order.lines.get(woo_id=1), "quantity": 1, "total": "40"})
    refunds.record(order, 8, {"amount": "40", "refunded_at": NOW}, [back])
    send(store, [line(2)], minutes=1)
    assert RefundLine.objects.of(store).get().order_line is None


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    versions=st.dictionaries(
        st.integers(0, 9), st.sets(st.integers(1, 5), max_size=4), min_size=1
    ),
    data=st.data(),
)
def test_any_order_of_deliveries_ends_in_the_same_lines(store, versions, data):
    woo_id = next(ids)
    deliveries = data.draw(st.permutations([*versions.items(), *versions.items()]))
    for minute, woo_lines in deliveries:
        lines = [line(woo_line, minute + 1) for woo_line in woo_lines]
        order, _ = send(store, lines, minute, woo_id)
    last = max(versions)
    assert rows(order) == [(woo_line, last + 1) for woo_line in sorted(versions[last])]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_deliveries_at_the_same_moment_leave_the_newest_lines(store, ada):
    def deliver(minute):
        lines = [line(n) for n in range(1, minute % 4 + 3)]
        send(store, lines, minute, customer=ada)

    moments = [minute % 7 for minute in range(8)]
    assert at_once(*[deliver] * 8, rows=moments) == ["won"] * 8
    order = Order.objects.of(store).get()
    assert rows(order) == [(1, 1), (2, 1), (3, 1), (4, 1)]


def test_a_deleted_order_is_marked(store):
    send(store)
    assert remove(Order, store, 70, NOW + timedelta(minutes=1))
    assert not Order.objects.of(store).placed().exists()
    assert Order.objects.of(store).get().deleted_at == NOW + timedelta(minutes=1)
