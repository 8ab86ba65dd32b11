"""What conditions would find, before anybody saves them; and how a segment went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from apps.accounts.models import Store
from apps.segmentation.models import Member, Segment
from apps.segmentation.services.bounded import within
from apps.segmentation.services.conditions.compiled import everybody, members
from apps.shop.models import Customer

SECONDS = 4.0
SAMPLE = 8


@dataclass(frozen=True)
class Look:
    """`of` is how many customers there are."""

    count: int
    of: int
    sample: Sequence[Customer]


@dataclass(frozen=True)
class Day:
    """`members` at its end."""

    on: date
    entered: int
    left: int
    members: int


def look(store: Store, conditions: Any, at: datetime) -> Look:
    people = members(store, conditions, at)
    with within(SECONDS):
        count = people.count()
        sample = list(people.order_by("-pk")[:SAMPLE]) if count else []
        return Look(count, everybody(store).count(), sample)


def history(segment: Segment, at: datetime, days: int) -> list[Day]:
    """The last days in the store's time, today's last."""
    zone = segment.store.zone
    today = at.astimezone(zone).date()
    first = today - timedelta(days=days - 1)
    begin = datetime.combine(first, datetime.min.time(), zone)
    rows = Member.objects.of(segment.store).filter(segment=segment)
    entered = by_day(rows.filter(entered_at__gte=begin), "entered_at", zone)
    left = by_day(rows.filter(left_at__gte=begin), "left_at", zone)
    count = rows.inside().count()
    found = []
    for back in range(days):
        on = today - timedelta(days=back)
        found.append(Day(on, entered[on], left[on], count))
        count += left[on] - entered[on]
    return found[::-1]


def by_day(rows: QuerySet[Member], column: str, zone: Any) -> Counter[date]:
    days = rows.values(on=TruncDate(column, tzinfo=zone)).annotate(count=Count("pk"))
    return Counter(dict(days.order_by().values_list("on", "count")))
