"""The past stays what it was."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine

from apps.features.models import OrderState
from apps.features.services import refresh, states
from apps.features.services.frame import frame
from apps.features.services.known import Known
from apps.shop.models import Order
from apps.shop.services import merge, orders, remove
from tests.conftest import NOW
from tests.features.conftest import ago

pytestmark = pytest.mark.django_db


def say(shop, order, *, days, status="completed", lines=()):
    values = {"number": order.number, "status": status, "total": order.total}
    orders.record(shop.store, order.woo_id, ago(days), values, lines)


def test_an_order_canceled_today_earned_yesterday(shop, ada):
    type(ada).objects.filter(pk=ada.pk).update(source_created_at=ago(90))
    order = shop.order(ada, (shop.product(), 2, "80"), days=10)
    states.note(shop.store, [order.pk], ago(9))
    say(shop, order, days=1, status="cancelled")
    states.note(shop.store, [order.pk], ago(0.9))
    assert shop.numbers("customer", customer=ada.pk, days=2)["spent"] == 80.0
    assert shop.numbers("customer", customer=ada.pk, days=0.5)["spent"] == 0.0


@pytest.mark.parametrize("fast", [ago(-3 / 1440), datetime(2099, 1, 1, tzinfo=UTC)])
def test_a_change_dated_ahead_counts_once_it_came(shop, ada, fast):
    type(ada).objects.filter(pk=ada.pk).update(source_created_at=ago(90))
    order = shop.order(ada, (shop.product(), 2, "80"), days=10)
    states.note(shop.store, [order.pk], ago(9))
    values = {"number": order.number, "status": "cancelled", "total": order.total}
    with time_machine.travel(ago(1), tick=False):
        orders.record(shop.store, order.woo_id, fast, values, ())
    states.note(shop.store, [order.pk], ago(0.9))
    assert OrderState.objects.order_by("-from_at")[0].from_at == ago(1)
    assert shop.numbers("customer", customer=ada.pk, days=1)["spent"] == 80.0
    assert shop.numbers("customer", customer=ada.pk, days=0.5)["spent"] == 0.0
    assert Known(shop.store, NOW, [ada.pk]).few == [ada.pk]


def test_an_order_dated_ahead_by_mistake_is_not_kept_back(shop, ada):
    """Placed in 2099, as it first came; then the shop says when it really was."""
    ahead = datetime(2099, 1, 1, tzinfo=UTC)
    order = shop.order(ada, (shop.product(), 1, "40"), placed_at=ahead)
    states.note(shop.store, [order.pk], ago(2))
    Order.objects.filter(pk=order.pk).update(
        placed_at=ago(3), total=Decimal(30), updated_at=ago(1)
    )
    states.note(shop.store, [order.pk], ago(0.9))
    assert states.states_at(shop.store, NOW).ids == frozenset()


def test_where_others_orders_change_few_are_still_read(shop, ada, cleo):
    """While one asks about Ada as of a moment, orders are edited."""
    for person in (ada, cleo):
        type(person).objects.filter(pk=person.pk).update(source_created_at=ago(90))
    dress = shop.product()
    edited = [shop.order(one, (dress, 1, "40"), days=10) for one in (ada, cleo)]
    states.note(shop.store, [order.pk for order in edited], ago(9))
    before = frame(shop.store, "customer", ago(2)).to_dicts()
    for order in edited:
        say(shop, order, days=1, status="cancelled")
    states.note(shop.store, [order.pk for order in edited], ago(0.9))
    known = Known(shop.store, ago(2), [ada.pk], compared_at=ago(5))
    assert known.few == [ada.pk]
    assert known.orders.collect().height == 1
    found = frame(shop.store, "pair", ago(2), [ada.pk])
    assert found["orders"].to_list() == [1]
    alone = frame(shop.store, "customer", ago(2), [ada.pk], ago(5)).to_dicts()
    bands = {name for name in alone[0] if name.startswith("band_")}
    of_all = next(row for row in before if row["customer"] == ada.pk)
    assert {name for name in of_all if of_all[name] != alone[0][name]} <= bands


def test_an_order_taken_out_of_the_bin_was_in_it(shop, ada):
    """Found by a random history."""
    type(ada).objects.filter(pk=ada.pk).update(source_created_at=ago(90))
    order = shop.order(ada, (shop.product(), 2, "80"), days=10)
    states.note(shop.store, [order.pk], ago(9))
    remove.remove(Order, shop.store, order.woo_id, ago(6))
    states.note(shop.store, [order.pk], ago(5.9))
    say(shop, order, days=2)
    states.note(shop.store, [order.pk], ago(1.9))
    at = {days: shop.numbers("customer", customer=ada.pk, days=days) for days in (7, 4)}
    assert [at[days]["orders"] for days in (7, 4)] == [1, 0]
    assert shop.numbers("customer", customer=ada.pk, days=1)["orders"] == 1


def test_lines_are_those_of_then(shop, ada):
    dress, hat = shop.product("Dress"), shop.product("Hat")
    order = shop.order(ada, (dress, 2, "80"), days=10, status="on-hold")
    states.note(shop.store, [order.pk], ago(9))
    line = {"product": hat, "name": "Hat", "quantity": 1, "subtotal": 15, "total": 15}
    say(shop, order, days=1, lines=[(9_999_999, line)])
    states.note(shop.store, [order.pk], ago(0.9))
    before = shop.numbers("product", product=dress.pk, days=2)
    assert (before["units_90"], before["revenue_90"]) == (2, 80.0)
    assert shop.numbers("product", product=dress.pk)["units_90"] == 0
    assert shop.numbers("product", product=hat.pk)["revenue_90"] == 15.0


def test_orders_were_whose_they_were_before_a_merge_and_after_its_undoing(
    shop, ada, cleo
):
    shop.order(cleo, (shop.product(), 1, "30"), days=50)
    for person in (ada, cleo):
        type(person).objects.filter(pk=person.pk).update(source_created_at=ago(90))
    merged = merge.merge(ada, cleo, at=ago(20), reason="one person")
    merge.undo(merged, at=ago(10))

    def spent(days):
        rows = [
            shop.numbers("customer", customer=person.pk, days=days)
            for person in (ada, cleo)
        ]
        return [row and row["spent"] for row in rows]

    assert spent(30) == [0.0, 30.0]
    assert spent(15) == [30.0, None]
    assert spent(5) == [0.0, 30.0]


def test_it_keeps_of_old_orders_what_changed_alone(shop, ada):
    """A state of an order that nobody can edit any more says what the order says."""
    dress = shop.product()
    first = shop.order(ada, (dress, 1, "10"), days=60)
    second = shop.order(ada, (dress, 1, "10"), days=60)
    states.note(shop.store, [first.pk, second.pk], ago(50))
    Order.objects.filter(pk=second.pk).update(
        total=Decimal(12), source_modified_at=ago(40)
    )
    states.note(shop.store, [first.pk, second.pk], ago(39))
    assert OrderState.objects.count() == 3
    states.settle(shop.store, NOW)
    assert OrderState.objects.count() == 3
    states.settle(shop.store, ago(-40))
    kept = OrderState.objects.order_by("from_at").values_list("order", "whole")
    assert list(kept) == [(second.pk, 100_000), (second.pk, 120_000)]


def test_it_notes_the_same_once(shop, ada):
    order = shop.order(ada, (shop.product(), 1, "10"), days=5)
    assert states.note(shop.store, [order.pk], ago(4)) == 1
    assert states.note(shop.store, [order.pk], ago(3)) == 0


def test_a_refresh_notes_before_it_reckons(shop, ada):
    order = shop.order(ada, (shop.product(), 1, "10"), days=5)
    refresh.refresh_all(shop.store, "customer", NOW)
    state = OrderState.objects.get()
    assert (state.order_id, state.from_at, state.is_earning) == (
        order.pk,
        order.placed_at,
        True,
    )


def test_what_came_back_of_a_line_that_is_gone_came_back_then(shop, ada):
    """Found by a random history: the line of the refund forgets whose it was."""
    dress, hat = shop.product("Dress"), shop.product("Hat")
    order = shop.order(ada, (dress, 2, "80"), (hat, 1, "20"), days=10)
    line = order.lines.get(product=dress)
    shop.refund(order, "40", (line, 1, "40"), days=8)
    states.note(shop.store, [order.pk], ago(7))
    before = shop.numbers("product", product=dress.pk, days=5)
    kept = order.lines.get(product=hat)
    values = {"product": hat, "name": "Hat", "quantity": 1, "subtotal": 20, "total": 20}
    say(shop, order, days=1, lines=[(kept.woo_id, values)])
    states.note(shop.store, [order.pk], ago(0.9))
    assert shop.numbers("product", product=dress.pk, days=5) == before
    assert (before["units_90"], before["revenue_90"]) == (1, 40.0)
