"""What a coupon is worth, and whether it may still be used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import F, Q

from apps.accounts.models import Store
from apps.core.errors import InvalidInputError
from apps.core.money import round_money, split
from apps.shop.models import Coupon, Customer, Order, OrderLine


def find(store: Store, code: str, *, subtotal: Decimal, at: datetime) -> Coupon:
    """The coupon if it fits an order of this size now, or a refusal. Nothing is counted."""
    coupon = Coupon.objects.of(store).coded(code).order_by("-pk").first()
    if coupon is None:
        raise InvalidInputError("There is no such coupon.")
    if coupon.starts_at and at < coupon.starts_at:
        raise InvalidInputError("This coupon is not valid yet.")
    if coupon.expires_at and at >= coupon.expires_at:
        raise InvalidInputError("This coupon has expired.")
    if coupon.minimum_amount and subtotal < coupon.minimum_amount:
        raise InvalidInputError("The order is too small for this coupon.")
    return coupon


def redeem(
    store: Store, code: str, customer: Customer, *, subtotal: Decimal, at: datetime
) -> Coupon:
    """Count one use and return the coupon, or refuse. Inside the order's transaction."""
    coupon = find(store, code, subtotal=subtotal, at=at)
    # Counted before the customer's uses are: the row stays locked until the order is.
    left = Q(usage_limit=None) | Q(usage_count__lt=F("usage_limit"))
    this = Coupon.objects.of(store).filter(left, pk=coupon.pk)
    if not this.update(usage_count=F("usage_count") + 1):
        raise InvalidInputError("This coupon has been used up.")
    limit = coupon.usage_limit_per_customer
    if limit is not None and uses(customer, coupon) >= limit:
        raise InvalidInputError("You have used this coupon already.")
    return coupon


def uses(customer: Customer, coupon: Coupon) -> int:
    orders = Order.objects.of(customer.store).earning().filter(customer=customer)
    code = coupon.code.lower()
    return sum(
        code in (used.lower() for used in codes)
        for codes in orders.values_list("coupon_codes", flat=True)
    )


def discount(coupon: Coupon, lines: Sequence[OrderLine], currency: str) -> Decimal:
    """Lower the lines' totals; return by how much in all."""
    parts = reductions(coupon, lines, currency)
    for line, part in zip(lines, parts, strict=True):
        line.total = line.subtotal - part
    return sum(parts, Decimal(0))


def reductions(
    coupon: Coupon, lines: Sequence[OrderLine], currency: str
) -> list[Decimal]:
    subtotals = [line.subtotal for line in lines]
    if coupon.kind == Coupon.Kind.FIXED_PRODUCT:
        off = round_money(coupon.amount, currency)
        return [min(off * line.quantity, line.subtotal) for line in lines]
    whole = sum(subtotals, Decimal(0))
    if coupon.kind == Coupon.Kind.PERCENT:
        wanted = round_money(whole * coupon.amount / 100, currency)
    elif coupon.kind == Coupon.Kind.FIXED_CART:
        wanted = round_money(coupon.amount, currency)
    else:
        raise InvalidInputError("This coupon works only in the shop itself.")
    return split(min(wanted, whole), subtotals, currency)
