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

STATUSES = (
    "completed",
    "processing",
    "on-hold",
    "pending",
    "cancelled",
    "failed",
    "refunded",
)
DONE, PROCESSING, ON_HOLD, PENDING, CANCELLED, FAILED, REFUNDED = range(7)
# code, percent off, for whom it is
COUPON_LIST = (("WELCOME10", 10), ("SELMIRA15", 15), ("EID20", 20), ("FRIENDS25", 25))
PAYMENTS = ("card", "paypal", "cod", "klarna")
FREE_FROM = 12_000
REASONS = (
    "Does not fit",
    "Not as expected",
    "Changed my mind",
    "Arrived late",
    "Faulty",
)


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
    back = np.where(
        returned, wishes.day[order] + draws.return_delay[order], plan.horizon
    )
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
    chance: Floats = base * factor * (0.45 + 1.25 * wishes.line_misfit)
    return np.clip(chance, 0, 0.85)


def _statuses(plan: Plan, wishes: Wishes, rng: np.random.Generator) -> Ints:
    chance = rng.random(len(wishes.day))
    status = np.select([chance < 0.035, chance < 0.06], [CANCELLED, FAILED], DONE)
    age = plan.days - wishes.day
    status = np.where((status == DONE) & (age <= 4), PROCESSING, status)
    return np.where(
        (chance > 0.965) & (age <= 6),
        np.where(chance > 0.985, PENDING, ON_HOLD),
        status,
    )


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


@dataclass(frozen=True)
class Trade:
    """All that the books are reckoned from."""

    catalogue: Catalogue
    people: People
    prices: Prices
    wishes: Wishes
    draws: Draws
    fate: Fate
    shelves: Shelves


@dataclass(frozen=True)
class _Lines:
    wish: Ints  # (O,)
    order: Ints  # (L,) index into wish
    number: Ints  # (L,) which wanted line it was
    variant: Ints
    quantity: Ints
    subtotal: Ints
    off: Ints


def book(plan: Plan, trade: Trade) -> Books:
    """Keep what was sold before `until`, and reckon it to the cent."""
    lines, draws = _sold(plan, trade), trade.draws
    wish, count = lines.wish, len(lines.wish)
    total = lines.subtotal - lines.off
    goods = _sums(lines.order, total, count)
    shipping = _shipping(trade.people, trade.wishes.customer[wish], goods)
    refund_order, refund_line = _refunds(plan, trade, lines)
    back = refund_line >= 0
    amount = _sums(refund_line[back], total[back], len(refund_order))
    refunded = np.zeros(count, dtype=np.int64)
    refunded[refund_order] = amount
    is_whole = (refunded == goods) & (refunded > 0)
    back_on = trade.wishes.day[wish] + draws.return_delay[wish]
    return Books(
        wish=wish,
        customer=trade.wishes.customer[wish],
        second=trade.wishes.second[wish],
        status=np.where(is_whole, REFUNDED, draws.status[wish]),
        coupon=draws.coupon[wish],
        payment=draws.payment[wish],
        discount=_sums(lines.order, lines.off, count),
        shipping=shipping,
        total=goods + shipping,
        refunded=refunded,
        line_order=lines.order,
        line_wish=lines.number,
        line_variant=lines.variant,
        line_quantity=lines.quantity,
        line_subtotal=lines.subtotal,
        line_total=total,
        refund_order=refund_order,
        refund_second=back_on[refund_order] * 86_400 + 10 * 3600,
        refund_amount=amount,
        refund_reason=draws.reason[wish][refund_order],
        refund_line=refund_line,
    )


def _sums(group: Ints, cents: Ints, count: int) -> Ints:
    """Exact: floats hold whole cents up to 2^53."""
    return np.bincount(group, cents, minlength=count).astype(np.int64)


def _sold(plan: Plan, trade: Trade) -> _Lines:
    wishes = trade.wishes
    past = wishes.day[wishes.line_order] < plan.days
    # A payment that failed moved no stock, yet the order stands in the books.
    variant = np.where(trade.fate.takes, trade.shelves.sold, wishes.line_variant)
    number = np.flatnonzero(past & (variant != LOST))
    wish, order = np.unique(wishes.line_order[number], return_inverse=True)
    variant, quantity = variant[number], wishes.line_quantity[number]
    product = trade.catalogue.variant_product[variant]
    day = wishes.day[wish][order]
    subtotal = trade.prices.price[product, day] * quantity
    percent = np.array([cut for _, cut in COUPON_LIST] + [0])[trade.draws.coupon[wish]]
    off = (subtotal * percent[order] + 50) // 100
    return _Lines(wish, order, number, variant, quantity, subtotal, off)


def _shipping(people: People, customer: Ints, goods: Ints) -> Ints:
    gulf: Bools = np.array([place.is_gulf for place in PLACES])[people.place[customer]]
    return np.where(goods >= FREE_FROM, 0, np.where(gulf, 990, 590))


def _refunds(plan: Plan, trade: Trade, lines: _Lines) -> tuple[Ints, Ints]:
    """One refund an order; for each line the refund it belongs to, or -1."""
    done = trade.draws.status[lines.wish][lines.order] == DONE
    back = done & (trade.fate.back_day[lines.number] < plan.days)
    orders, number = np.unique(lines.order[back], return_inverse=True)
    refund = np.full(len(lines.order), -1, dtype=np.int64)
    refund[back] = number
    return orders, refund
