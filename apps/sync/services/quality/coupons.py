"""Coupons that give more than they should."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from apps.accounts.models import Store
from apps.shop.models import Coupon
from apps.sync.services.quality.check import Check, Oddity, counted, day
from apps.sync.services.quality.order_dates import orders

# WooCommerce once let coupons end with the day that they named.
SLACK = timedelta(days=1)
MOST_COUPONS = 5_000


def used_after_end(store: Store, at: datetime) -> Iterator[Oddity]:
    """Codes stand in the orders as text: those with any are read once."""
    rows = Coupon.objects.of(store).live().filter(expires_at__lt=at)
    newest = rows.order_by("-expires_at").values_list("code", "pk", "expires_at")
    ended = {code.lower(): (pk, end) for code, pk, end in newest[:MOST_COUPONS] if end}
    if not ended:
        return
    first = min(end for _, end in ended.values())
    used: dict[str, int] = {}
    late = orders(store).filter(placed_at__gt=first + SLACK).exclude(coupon_codes=[])
    for codes, placed_at in late.values_list("coupon_codes", "placed_at").iterator():
        for code in {str(code).lower() for code in codes} & ended.keys():
            if placed_at > ended[code][1] + SLACK:
                used[code] = used.get(code, 0) + 1
    for code, number in sorted(used.items(), key=lambda item: ended[item[0]][0]):
        pk, end = ended[code]
        text = (
            f"The coupon {code} ended on {day(end, store)}, but was used in "
            f"{counted(number, 'order')} after that."
        )
        yield Oddity(f"coupon:{pk}", text)


def over_whole(store: Store, at: datetime) -> Iterator[Oddity]:
    rows = Coupon.objects.of(store).live().filter(kind=Coupon.Kind.PERCENT)
    for pk, code, amount in (
        rows.filter(amount__gt=100)
        .order_by("pk")
        .values_list("pk", "code", "amount")
        .iterator()
    ):
        text = f"The coupon {code} takes off {amount.normalize():f} percent."
        yield Oddity(f"coupon:{pk}", text)


CHECKS = (
    Check(
        "coupons.used_after_end",
        "Coupons used after their end",
        "See in the order whether somebody added the coupon by hand. If the end was "
        "moved afterwards, it is as it should be.",
        used_after_end,
    ),
    Check(
        "coupons.over_whole",
        "Coupons of more than 100 percent",
        "Open the coupon in your shop and set 100 percent at most.",
        over_whole,
    ),
)
