"""Coupons, orders, lines and refunds, as rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np

from apps.accounts.models import Store
from apps.demo.services.load import Tell, insert, money, source
from apps.demo.services.write_catalogue import Ids
from apps.demo.simulator.numbers import LINE_WOO, ORDER_WOO, REFUND_WOO
from apps.demo.simulator.orders import (
    CANCELLED,
    COUPON_LIST,
    DONE,
    FAILED,
    PAYMENTS,
    PENDING,
    REASONS,
    REFUNDED,
    STATUSES,
)
from apps.demo.simulator.palette import PALETTE
from apps.demo.simulator.places import CHANNELS
from apps.demo.simulator.plan import Ints
from apps.demo.simulator.world import World
from apps.shop.models import Coupon, Order, OrderLine, Refund, RefundLine

MEDIUMS = {
    "organic": "organic",
    "paid_search": "cpc",
    "instagram": "social",
    "tiktok": "social",
    "email": "email",
    "direct": "",
    "referral": "referral",
    "influencer": "social",
}


def write(
    store: Store, world: World, ids: Ids, people: tuple[Ints, Ints], tell: Tell
) -> None:
    insert(_coupons(store, world), tell)
    orders = insert(_orders(store, world, people), tell)
    lines = insert(_lines(store, world, ids, orders), tell)
    refunds = insert(_refunds(store, world, orders), tell)
    insert(_refund_lines(store, world, lines, refunds), tell)


def _coupons(store: Store, world: World) -> Iterator[Coupon]:
    used = np.bincount(world.books.coupon + 1, minlength=len(COUPON_LIST) + 1)[1:]
    for number, (code, percent) in enumerate(COUPON_LIST):
        yield Coupon(
            store=store, woo_id=301 + number, code=code.lower(), amount=percent,
            kind=Coupon.Kind.PERCENT, usage_count=int(used[number]),
            **source(world.plan.midnight),
        )  # fmt: skip


def attributions(world: World) -> list[dict[str, str]]:
    """The first order comes by the channel that won the customer, later ones vary."""
    rng = world.plan.rng("attribution")
    books = world.books
    later = rng.choice(
        len(CHANNELS),
        size=len(books.wish),
        p=[0.2, 0.08, 0.12, 0.04, 0.24, 0.28, 0.02, 0.02],
    )
    first = world.wishes.is_first[books.wish]
    channel = np.where(first, world.people.channel[books.customer], later)
    table = [{"source": name, "medium": MEDIUMS[name]} for name in CHANNELS]
    return [table[c] for c in channel]


def _orders(store: Store, world: World, people: tuple[Ints, Ints]) -> Iterator[Order]:
    books, plan = world.books, world.plan
    customers, addresses = people
    sources = attributions(world)
    back = np.zeros(len(books.wish), dtype=np.int64)
    back[books.refund_order] = books.refund_second
    for number in range(len(books.wish)):
        customer = int(books.customer[number])
        coupon = int(books.coupon[number])
        yield Order(
            store=store,
            woo_id=ORDER_WOO + number,
            number=str(ORDER_WOO + number),
            status=STATUSES[books.status[number]],
            customer_id=int(customers[customer]),
            shipping_address_id=int(addresses[customer]),
            currency=plan.currency,
            total=money(books.total[number]),
            discount_total=money(books.discount[number]),
            shipping_total=money(books.shipping[number]),
            refunded_total=money(books.refunded[number]),
            coupon_codes=[COUPON_LIST[coupon][0].lower()] if coupon >= 0 else [],
            payment_method=PAYMENTS[books.payment[number]],
            created_via="checkout",
            attribution=sources[number],
            **_moments(world, number, int(back[number])),
        )


def _moments(world: World, number: int, back: int) -> dict[str, Any]:
    """When it was placed, paid, completed, and last changed."""
    books = world.books
    placed = world.plan.at(int(books.second[number]))
    status = int(books.status[number])
    moments: dict[str, Any] = {"placed_at": placed}
    changed = placed
    if status not in {FAILED, PENDING, CANCELLED}:
        moments["paid_at"] = placed + timedelta(seconds=90)
        changed = moments["paid_at"]
    if status in {DONE, REFUNDED}:
        changed = placed + timedelta(hours=28 + number % 60)
        moments["completed_at"] = changed
    if back:
        changed = max(changed, world.plan.at(back))
    return {**moments, **source(placed, changed)}


def _lines(store: Store, world: World, ids: Ids, orders: Ints) -> Iterator[OrderLine]:
    books, goods = world.books, world.catalogue
    cost = [money(cents) for cents in goods.cost]
    for number in range(len(books.line_order)):
        variant = int(books.line_variant[number])
        product = int(goods.variant_product[variant])
        look = goods.looks[product]
        size = look.sizes[goods.variant_size[variant]]
        shade = PALETTE[goods.variant_color[variant]].name
        yield OrderLine(
            store=store,
            order_id=int(orders[books.line_order[number]]),
            woo_id=LINE_WOO + number,
            product_id=int(ids.products[product]),
            variant_id=int(ids.variants[variant]),
            name=f"{look.name} - {shade}, {size}",
            sku=look.sku,
            quantity=int(books.line_quantity[number]),
            subtotal=money(books.line_subtotal[number]),
            total=money(books.line_total[number]),
            unit_cost=cost[product],
        )


def _refunds(store: Store, world: World, orders: Ints) -> Iterator[Refund]:
    books = world.books
    for number, order in enumerate(books.refund_order):
        at = world.plan.at(int(books.refund_second[number]))
        yield Refund(
            store=store,
            order_id=int(orders[order]),
            woo_id=REFUND_WOO + number,
            amount=money(books.refund_amount[number]),
            reason=REASONS[books.refund_reason[number]],
            refunded_at=at,
            **source(at),
        )


def _refund_lines(
    store: Store, world: World, lines: Ints, refunds: Ints
) -> Iterator[RefundLine]:
    books = world.books
    for number in np.flatnonzero(books.refund_line >= 0):
        yield RefundLine(
            store=store,
            refund_id=int(refunds[books.refund_line[number]]),
            order_line_id=int(lines[number]),
            quantity=int(books.line_quantity[number]),
            total=money(books.line_total[number]),
        )
