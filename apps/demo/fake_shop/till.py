"""Sums of an order as WooCommerce makes them: coupons by piece, taxes by line and rate."""

from __future__ import annotations

from functools import lru_cache

from apps.demo.fake_shop.money import CENT, cents, share
from apps.demo.fake_shop.rows import RATES, Coupon, Line, Rate, Voucher

Taxes = tuple[tuple[int, int, int], ...]
# Where an order has no address the shop's own is taken.
BASE = ("US", "CA")


@lru_cache(maxsize=1024)
def rates_for(country: str, state: str, tax_class: str = "") -> tuple[Rate, ...]:
    place = (country, state) if country else BASE
    return tuple(
        rate for rate in RATES
        if rate.country == place[0] and rate.state in ("", place[1])
        and rate.tax_class == tax_class
    )  # fmt: skip


def tax_line(line: Line, place: tuple[str, str]) -> None:
    line.taxes = tuple(
        (rate.id, share(line.total, rate.percent), share(line.subtotal, rate.percent))
        for rate in rates_for(*place, line.tax_class)
    )


def tax_extra(
    amount: int, place: tuple[str, str], *, is_shipping: bool, tax_class: str = ""
) -> Taxes:
    return tuple(
        (rate.id, share(amount, rate.percent), 0)
        for rate in rates_for(*place, tax_class)
        if rate.is_shipping or not is_shipping
    )


def redeem(
    coupon: Coupon, lines: list[Line], place: tuple[str, str], pk: int
) -> Voucher:
    """Lower the lines; the voucher's tax is rounded piece by piece, so it may differ
    from the lines' own by a cent, as recorded."""
    if coupon.discount_type == "percent":
        cuts = [cents(line.total * (coupon.amount // CENT) // 10_000) for line in lines]
    elif coupon.discount_type == "fixed_product":
        cuts = [min(coupon.amount * line.quantity, line.total) for line in lines]
    else:
        cuts = spread(coupon.amount, lines)
    tax = 0
    for line, cut in zip(lines, cuts, strict=True):
        line.total -= cut
        rates = rates_for(*place, line.tax_class)
        tax += sum(share(cut, rate.percent) for rate in rates)
    return Voucher(
        pk, coupon.id, coupon.code, coupon.discount_type, coupon.amount, sum(cuts), tax
    )


def spread(amount: int, lines: list[Line]) -> list[int]:
    """A fixed sum over the pieces in whole cents; the rest to the dearest, one a piece."""
    amount = min(amount, sum(line.total for line in lines))
    pieces = sum(line.quantity for line in lines)
    if not pieces:
        return [0] * len(lines)
    each = amount // pieces // CENT * CENT
    cuts = [min(each * line.quantity, line.total) for line in lines]
    rest = amount - sum(cuts)
    dearest = sorted(range(len(lines)), key=lambda at: -lines[at].subtotal // max(lines[at].quantity, 1))  # fmt: skip
    while rest > 0:
        before = rest
        for at in dearest:
            step = min(CENT * lines[at].quantity, rest, lines[at].total - cuts[at])
            cuts[at] += step
            rest -= step
        if rest == before:
            break
    return cuts
