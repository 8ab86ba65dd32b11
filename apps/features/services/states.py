"""What young orders said, noted when they change: see OrderState."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import Q

from apps.accounts.models import Store
from apps.features.models import OrderState
from apps.features.services.rows import MONEY_UNIT
from apps.shop.models import Order, OrderLine, RefundLine

# Long after this nobody edits an order that was never touched.
YOUNG = timedelta(days=90)
CHUNK = 500
# What a state keeps of a line, in this order.
LINE = (
    "line", "product", "variant", "units", "subtotal", "total", "tax", "unit_cost",
)  # fmt: skip


@dataclass(frozen=True)
class Then:
    """Orders placed before a moment that changed at it or later, as they were."""

    ids: frozenset[int]
    # order, whole, has_coupon: of those that earned.
    earning: pl.DataFrame
    # order and LINE, of all of them.
    lines: pl.DataFrame
    # Line of a refund -> line of its order.
    returns: dict[int, int]


def states_at(store: Store, as_of: datetime) -> Then:
    since = OrderState.objects.of(store).filter(
        from_at__gte=as_of, order__placed_at__lt=as_of
    )
    states = (
        OrderState.objects.of(store)
        .filter(order__in=since.values("order"))
        .order_by("order", "from_at")
    )
    held: dict[int, OrderState] = {}
    for state in states:
        if state.order_id not in held or state.from_at < as_of:
            held[state.order_id] = state
    earning = [
        (state.order_id, state.whole, state.has_coupon)
        for state in held.values()
        if state.is_earning
    ]
    lines = [(state.order_id, line) for state in held.values() for line in state.lines]
    rows = [(order, *line[: len(LINE)]) for order, line in lines]
    returns = {back: line[0] for _, line in lines for back in line[len(LINE)]}
    of_orders = {"order": pl.Int64, "whole": pl.Int64, "has_coupon": pl.Boolean}
    of_lines = dict.fromkeys(("order", *LINE), pl.Int64)
    return Then(
        frozenset(held),
        pl.DataFrame(earning, schema=of_orders, orient="row"),
        pl.DataFrame(rows, schema=of_lines, orient="row"),
        returns,
    )


def note(store: Store, orders: Sequence[int], at: datetime) -> int:
    """Keep what these orders say, where it is news; returns how many were."""
    noted = 0
    for start in range(0, len(orders), CHUNK):
        with transaction.atomic():
            noted += note_chunk(store, orders[start : start + CHUNK], at)
    return noted


def note_chunk(store: Store, ids: Sequence[int], at: datetime) -> int:
    """Locked in the order of ids, as by all who change orders."""
    noted = OrderState.objects.of(store).filter(order__in=ids)
    wanted = Q(placed_at__gte=at - YOUNG) | Q(pk__in=noted.values("order"))
    rows = Order.objects.of(store).filter(wanted, pk__in=ids).order_by("pk")
    orders = list(rows.select_for_update())
    newest = newest_states(store, [order.pk for order in orders])
    lines = lines_of(store, [order.pk for order in orders])
    fresh = []
    for order in orders:
        last, state = newest.get(order.pk), state_of(order, lines[order.pk])
        if last is None:
            state.from_at = min(order.placed_at, at)
        elif last.says == state.says:
            continue
        else:
            later = last.from_at + timedelta(microseconds=1)
            state.from_at = max(changed_at(order, at), later)
        fresh.append(state)
    OrderState.objects.bulk_create(fresh)
    return len(fresh)


def changed_at(order: Order, at: datetime) -> datetime:
    """By the shop's clock, which may run fast: a change that came here had happened, or
    all numbers from here to that moment would be of the order before it."""
    said = order.deleted_at or order.source_modified_at or order.updated_at
    return min(said, order.updated_at, at)


def state_of(order: Order, lines: list[list[Any]]) -> OrderState:
    return OrderState(
        store=order.store,
        order=order,
        # The shop may take an order out of the bin again.
        is_earning=order.deleted_at is None and order.status not in Order.NOT_EARNING,
        has_coupon=bool(order.coupon_codes),
        whole=round(order.total * MONEY_UNIT),
        lines=lines,
    )


def newest_states(store: Store, ids: Sequence[int]) -> dict[int, OrderState]:
    states = OrderState.objects.of(store).filter(order__in=ids).order_by("from_at")
    return {state.order_id: state for state in states}


def lines_of(store: Store, ids: Sequence[int]) -> dict[int, list[list[Any]]]:
    """Each with what came back of it: a line that goes takes that knowledge along."""
    returns: dict[int, list[int]] = defaultdict(list)
    back = RefundLine.objects.of(store).filter(order_line__order__in=ids)
    for line, refunded in back.order_by("pk").values_list("order_line_id", "pk"):
        returns[line or 0].append(refunded)
    found: dict[int, list[list[Any]]] = defaultdict(list)
    rows = OrderLine.objects.of(store).filter(order__in=ids).order_by("pk")
    for order, *plain, subtotal, total, tax, unit_cost in rows.values_list(
        "order_id", "pk", "product_id", "variant_id", "quantity",
        "subtotal", "total", "tax", "unit_cost",
    ):  # fmt: skip
        amounts = [whole(amount) for amount in (subtotal, total, tax, unit_cost)]
        found[order].append([*plain, *amounts, returns[plain[0]]])
    return found


def whole(amount: Any) -> int | None:
    return None if amount is None else round(amount * MONEY_UNIT)


def settle(store: Store, at: datetime) -> None:
    """Forget what was noted of orders that are no longer young and never changed."""
    old = OrderState.objects.of(store).filter(order__placed_at__lt=at - YOUNG)
    counted = Counter(old.values_list("order_id", flat=True))
    once = sorted(order for order, states in counted.items() if states == 1)
    for start in range(0, len(once), CHUNK):
        chunk = once[start : start + CHUNK]
        OrderState.objects.of(store).filter(order__in=chunk).delete()
