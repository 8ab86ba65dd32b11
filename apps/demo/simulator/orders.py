"""Orders as the shop's books show them: lines, coupons, shipping, statuses, refunds.

All money is integer cents. Arrays: O orders, L lines, R refunds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from apps.demo.simulator.assortment import KINDS
from apps.demo.simulator.baskets import Wishes
from apps.demo.simulator.catalogue import Catalogue
from apps.demo.simulator.people import COUPONS, RETURNS, People
from apps.demo.simulator.places import PLACES
from apps.demo.simulator.plan import Bools, Floats, Ints, Plan
from apps.demo.simulator.prices import Prices
from apps.demo.simulator.stock import LOST, Fate, Shelves

STATUSES = ("completed", "processing", "on-hold", "pending", "cancelled", "failed", "refunded")
DONE, PROCESSING, ON_HOLD, PENDING, CANCELLED, FAILED, REFUNDED = range(7)
# code, percent off, for whom it is
COUPON_LIST = (("WELCOME10", 10), ("SELMIRA15", 15), ("EID20", 20), ("FRIENDS25", 25))
PAYMENTS = ("card", "paypal", "cod", "klarna")
FREE_FROM = 12_000
REASONS = ("Does not fit", "Not as expected", "Changed my mind", "Arrived late", "Faulty")


@dataclass(frozen=True)
class Draws:
    """Chances of each wanted order, drawn before stock is known: all (O,)."""

    status: Ints
    coupon: Ints  # index into COUPON_LIST, or -1
    payment: Ints
    return_delay: Ints
    reason: Ints


@dataclass(frozen=True)
class Books:
    wish: Ints  # (O,) which wanted order it was
    customer: Ints
    second: Ints
    status: Ints
    coupon: Ints
    payment: Ints
    discount: Ints
    shipping: Ints
    total: Ints
    refunded: Ints
    line_order: Ints  # (L,) index into these orders
    line_wish: Ints  # (L,) which wanted line it was
    line_variant: Ints
    line_quantity: Ints
    line_subtotal: Ints
    line_total: Ints
    refund_order: Ints  # (R,)
    refund_second: Ints
    refund_amount: Ints
    refund_reason: Ints
    refund_line: Ints  # (L,) index of the refund that took the line back, or -1


def draw(
    plan: Plan, catalogue: Catalogue, people: People, wishes: Wishes
) -> tuple[Draws, Fate]:
    rng = plan.rng("orders")
    count = len(wishes.day)
    draws = Draws(
        status=_statuses(plan, wishes, rng),
        coupon=_coupons(people, wishes, rng),
        payment=_payments(people, wishes, rng),
        return_delay=rng.integers(6, 26, count),
        reason=rng.choice(len(REASONS), size=count, p=[0.46, 0.22, 0.2, 0.04, 0.08]),
    )
    order = wishes.line_order
    returned = rng.random(len(order)) < return_chance(catalogue, people, wishes)
    returned &= draws.status[order] == DONE
    back = np.where(returned, wishes.day[order] + draws.return_delay[order], plan.horizon)
    cancelled = draws.status[order] == CANCELLED
    back = np.where(cancelled, wishes.day[order] + 1, back)
    takes = draws.status[order] != FAILED
    return draws, Fate(takes, back, rng.random(len(order)))


def return_chance(catalogue: Catalogue, people: People, wishes: Wishes) -> Floats:
    """(L,) by category, by type of customer and by how badly the size fits."""
    product = catalogue.variant_product[wishes.line_variant]
    base = np.array([kind.returns for kind in KINDS])[catalogue.category[product]]
    customer = wishes.customer[wishes.line_order]
    gulf = np.array([place.is_gulf for place in PLACES])[people.place[customer]]
    factor = RETURNS[people.kind[customer]] * np.where(gulf, 0.55, 1.0)
    return np.clip(base * factor * (0.45 + 1.25 * wishes.line_misfit), 0, 0.85)


def _statuses(plan: Plan, wishes: Wishes, rng: np.random.Generator) -> Ints:
    chance = rng.random(len(wishes.day))
    status = np.select([chance < 0.035, chance < 0.06], [CANCELLED, FAILED], DONE)
    age = plan.days - wishes.day
    status = np.where((status == DONE) & (age <= 4), PROCESSING, status)
    return np.where((chance > 0.965) & (age <= 6), np.where(chance > 0.985, PENDING, ON_HOLD), status)


def _coupons(people: People, wishes: Wishes, rng: np.random.Generator) -> Ints:
    count = len(wishes.day)
    uses = rng.random(count) < COUPONS[people.kind[wishes.customer]]
    code = rng.choice([1, 2, 3], size=count, p=[0.65, 0.22, 0.13])
    first = wishes.is_first & (rng.random(count) < 0.35)
    return np.where(first, 0, np.where(uses, code, -1))


def _payments(people: People, wishes: Wishes, rng: np.random.Generator) -> Ints:
    gulf = np.array([place.is_gulf for place in PLACES])[people.place[wishes.customer]]
    chance = rng.random(len(wishes.day))
    east = np.select([chance < 0.5, chance < 0.92], [0, 2], 1)
    west = np.select([chance < 0.42, chance < 0.78], [0, 1], 3)
    return np.where(gulf, east, west)


def book(
    plan: Plan,
    catalogue: Catalogue,
    people: People,
    prices: Prices,
    wishes: Wishes,
    draws: Draws,
    fate: Fate,
    shelves: Shelves,
) -> Books:  # noqa: PLR0913, every one of them is another question's answer
    """Keep what was sold before `until`, and reckon it to the cent."""
    past = wishes.day[wishes.line_order] < plan.days
    # A payment that failed moved no stock, yet the order stands in the books.
    variant = np.where(fate.takes, shelves.sold, wishes.line_variant)
    lines = np.flatnonzero(past & (variant != LOST))
    wish, line_order = np.unique(wishes.line_order[lines], return_inverse=True)
    variant, quantity = variant[lines], wishes.line_quantity[lines]
    product = catalogue.variant_product[variant]
    subtotal = prices.price[product, wishes.day[wish][line_order]] * quantity
    percent = np.array([cut for _, cut in COUPON_LIST] + [0])[draws.coupon[wish]]
    off = (subtotal * percent[line_order] + 50) // 100
    line_total = subtotal - off
    goods = np.bincount(line_order, line_total, minlength=len(wish)).astype(np.int64)
    shipping = _shipping(people, wishes.customer[wish], goods)
    status = draws.status[wish]
    back_day = fate.back_day[lines]
    taken_back = (status[line_order] == DONE) & (back_day < plan.days)
    refund_order, refund_line = _refunds(line_order, taken_back)
    amount = np.bincount(refund_line[taken_back], line_total[taken_back], minlength=len(refund_order)).astype(np.int64)
    refunded = np.zeros(len(wish), dtype=np.int64)
    refunded[refund_order] = amount
    status = np.where((refunded == goods) & (refunded > 0), REFUNDED, status)
    return Books(
        wish=wish,
        customer=wishes.customer[wish],
        second=wishes.second[wish],
        status=status,
        coupon=draws.coupon[wish],
        payment=draws.payment[wish],
        discount=np.bincount(line_order, off, minlength=len(wish)).astype(np.int64),
        shipping=shipping,
        total=goods + shipping,
        refunded=refunded,
        line_order=line_order,
        line_wish=lines,
        line_variant=variant,
        line_quantity=quantity,
        line_subtotal=subtotal,
        line_total=line_total,
        refund_order=refund_order,
        refund_second=(wishes.day[wish] + draws.return_delay[wish])[refund_order] * 86_400 + 10 * 3600,
        refund_amount=amount,
        refund_reason=draws.reason[wish][refund_order],
        refund_line=refund_line,
    )


def _shipping(people: People, customer: Ints, goods: Ints) -> Ints:
    gulf: Bools = np.array([place.is_gulf for place in PLACES])[people.place[customer]]
    return np.where(goods >= FREE_FROM, 0, np.where(gulf, 990, 590))


def _refunds(line_order: Ints, taken_back: Bools) -> tuple[Ints, Ints]:
    """One refund an order; for each line the refund it belongs to, or -1."""
    orders, number = np.unique(line_order[taken_back], return_inverse=True)
    refund = np.full(len(line_order), -1, dtype=np.int64)
    refund[taken_back] = number
    return orders, refund
