"""Who came first in one week, and how many of them came again in each week after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Count
from django.db.models.functions import TruncWeek

from apps.events.services.analytics.span import Span
from apps.shop.models import Order

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Cohort:
    """`back[k]`: how many were there in week k after their first; `back[0]` is all."""

    week_on: date
    size: int
    back: list[int]


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


WEEK_OF = {
    "postgresql": "date_trunc('week', days.seen_on)::date",
    "sqlite": "date(days.seen_on, '-6 days', 'weekday 1')",
}
# Days are the store's already: the week of a visitor's first day is the cohort's.
BY_VISIT = """
WITH weeks AS (
    SELECT days.visitor, {week} AS week_on FROM events_visitorday AS days
    JOIN events_visitor AS visitors
        ON visitors.store_id = days.store_id AND visitors.key = days.visitor
    WHERE days.store_id = %s AND days.seen_on >= %s AND days.seen_on <= %s
        AND visitors.first_at >= %s AND visitors.first_at < %s
    GROUP BY days.visitor, week_on
), firsts AS (SELECT visitor, min(week_on) AS first_on FROM weeks GROUP BY visitor)
SELECT first_on, week_on, count(*) FROM weeks JOIN firsts USING (visitor)
GROUP BY first_on, week_on
"""


def by_first_visit(span: Span) -> list[Cohort]:
    """Of visitors: one person with two browsers is two."""
    whole = whole_weeks(span)
    with connection.cursor() as cursor:
        cursor.execute(
            BY_VISIT.format(week=WEEK_OF[connection.vendor]),
            [span.store.pk, whole.first, whole.last, whole.start, whole.end],
        )
        rows = cursor.fetchall()
    return table(whole, [(as_date(a), as_date(b), n) for a, b, n in rows])


def by_first_order(span: Span) -> list[Cohort]:
    """Of customers: who ordered again."""
    whole = whole_weeks(span)
    zone = span.store.zone
    rows = (
        Order.objects.of(span.store)
        .earning()
        .filter(
            customer__first_ordered_at__gte=whole.start,
            placed_at__gte=whole.start,
            placed_at__lt=whole.end,
        )
        .order_by()
        .annotate(
            first=TruncWeek("customer__first_ordered_at", tzinfo=zone),
            week=TruncWeek("placed_at", tzinfo=zone),
        )
        .values_list("first", "week")
        .annotate(n=Count("customer", distinct=True))
    )
    return table(whole, [(first.date(), week.date(), n) for first, week, n in rows])


def whole_weeks(span: Span) -> Span:
    """From the Monday of the first day to the Sunday of the last."""
    last = monday(span.last) + WEEK - timedelta(days=1)
    return Span(span.store, monday(span.first), last)


def as_date(said: date | str) -> date:
    return date.fromisoformat(said) if isinstance(said, str) else said


def table(whole: Span, rows: Iterable[tuple[date, date, int]]) -> list[Cohort]:
    counts: dict[date, dict[date, int]] = defaultdict(dict)
    for first, week, n in rows:
        counts[first][week] = n
    found = []
    for first in whole.days[::7]:
        weeks = [first + WEEK * k for k in range((whole.last - first).days // 7 + 1)]
        back = [counts[first].get(week, 0) for week in weeks]
        found.append(Cohort(first, back[0], back))
    return found
