"""What was sold of late: orders whose money counts, less what came back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
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
    found = pieces_sold(about)
    day, week = max(found["day"] or 0, 0), max(found["week"] or 0, 0)
    if day >= about.settings.sold_day:
        text = ngettext(
            "{count} sold in the last 24 hours",
            "{count} sold in the last 24 hours",
            day,
        )
        yield line(about, "sold_day", put(text, count=day), day, found["day_from"], DAY)
    elif week >= about.settings.sold_week:
        text = ngettext(
            "{count} sold in the last 7 days", "{count} sold in the last 7 days", week
        )
        yield line(
            about, "sold_week", put(text, count=week), week, found["week_from"], WEEK
        )


def line(
    about: About, code: str, text: str, count: int, first: datetime, span: timedelta
) -> Line:
    """When the first of them is too long ago, the number is another one."""
    facts = {"sold": count, "hours": round(span.total_seconds() / 3600)}
    return Line(code, text, facts, about.until(first + span))


def pieces_sold(about: About) -> dict[str, Any]:
    """Of the last 24 hours and of the last 7 days, less what came back of them; and when
    the first of each was ordered. One statement."""
    returned = (
        RefundLine.objects.of(about.store)
        .filter(order_line=OuterRef("pk"), refund__deleted_at=None)
        .order_by()
        .values("order_line")
        .annotate(pieces=Sum("quantity"))
        .values("pieces")
    )
    kept = F("quantity") - Coalesce(Subquery(returned), 0)
    lately = Q(order__placed_at__gt=about.at - DAY)
    return (
        OrderLine.objects.of(about.store)
        .filter(product=about.product, order__deleted_at=None)
        .filter(order__placed_at__gt=about.at - WEEK, order__placed_at__lte=about.at)
        .exclude(order__status__in=Order.NOT_EARNING)
        .exclude(GIVEN_BACK)
        .annotate(kept=kept)
        .aggregate(
            day=Sum("kept", filter=lately),
            week=Sum("kept"),
            day_from=Min("order__placed_at", filter=lately),
            week_from=Min("order__placed_at"),
        )
    )
