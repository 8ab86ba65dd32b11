"""What was sold of late: orders whose money counts, less what came back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Min, Q, Sum
from django.utils.translation import ngettext

from apps.shop.models import Order, OrderLine, RefundLine
from apps.storefront.services.facts.line import About, Line
from apps.storefront.services.facts.stock import put

DAY, WEEK = timedelta(days=1), timedelta(days=7)
# Given back as a whole, perhaps without a line that says what.
GIVEN_BACK = Q(order__status=Order.Status.REFUNDED) | Q(
    order__total__gt=0, order__refunded_total__gte=F("order__total")
)


def sold(about: About) -> Iterator[Line]:
    day, week = pieces_sold(about)
    if day >= about.settings.sold_day:
        text = ngettext(
            "{count} sold in the last 24 hours",
            "{count} sold in the last 24 hours",
            day,
        )
        yield line(about, "sold_day", text, day, 24)
    elif week >= about.settings.sold_week:
        text = ngettext(
            "{count} sold in the last 7 days", "{count} sold in the last 7 days", week
        )
        yield line(about, "sold_week", text, week, 168)


def line(about: About, code: str, text: str, count: int, hours: int) -> Line:
    facts = {"sold": count, "hours": hours}
    return Line(code, put(text, count=count), facts, about.until(oldest(about, hours)))


def pieces_sold(about: About) -> tuple[int, int]:
    """Of the last 24 hours, and of the last 7 days."""
    there = added_up(lines_of(about, WEEK), "quantity", "order__placed_at", about.at)
    back = RefundLine.objects.of(about.store).filter(
        order_line__in=lines_of(about, WEEK), refund__deleted_at=None
    )
    returned = added_up(back, "quantity", "order_line__order__placed_at", about.at)
    day, week = (a - b for a, b in zip(there, returned, strict=True))
    return max(day, 0), max(week, 0)


def lines_of(about: About, span: timedelta) -> Any:
    return (
        OrderLine.objects.of(about.store)
        .filter(product=about.product, order__deleted_at=None)
        .filter(order__placed_at__gt=about.at - span, order__placed_at__lte=about.at)
        .exclude(order__status__in=Order.NOT_EARNING)
        .exclude(GIVEN_BACK)
    )


def added_up(rows: Any, what: str, when: str, at: datetime) -> tuple[int, int]:
    lately = Q(**{f"{when}__gt": at - DAY})
    found = rows.aggregate(day=Sum(what, filter=lately), week=Sum(what))
    return found["day"] or 0, found["week"] or 0


def oldest(about: About, hours: int) -> datetime:
    """When the first of them is too long ago, the number is another one."""
    span = timedelta(hours=hours)
    first = lines_of(about, span).aggregate(at=Min("order__placed_at"))["at"]
    return (first or about.at) + span
