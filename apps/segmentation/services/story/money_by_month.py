"""What the customer paid and got back, month by month, in the store's currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth

from apps.segmentation.services.story.entry import Person
from apps.shop.models import Order, Refund

# So many at most, and so many even where nothing was bought in the first ones.
MOST, LEAST = 24, 12
YEAR = 12


@dataclass(frozen=True)
class Month:
    on: date
    bought: Decimal
    sent_back: Decimal


def by_month(person: Person, at: datetime) -> list[Month]:
    """The last two years in the store's time, this month last; without the months before
    the first order, but a year at least. Empty where nothing was bought."""
    store = person.store
    today = at.astimezone(store.zone)
    months = [back(today, number) for number in range(MOST - 1, -1, -1)]
    begin = datetime.combine(months[0], datetime.min.time(), store.zone)
    orders = Order.objects.of(store).earning().filter(customer__in=person.rows)
    mine = orders.filter(currency=store.currency)
    refunds = Refund.objects.of(store).live().filter(order__in=mine)
    bought = sums(mine.filter(placed_at__gte=begin), "placed_at", "total", store.zone)
    sent_back = sums(
        refunds.filter(refunded_at__gte=begin), "refunded_at", "amount", store.zone
    )
    none = Decimal(0)
    found = [Month(on, bought.get(on, none), sent_back.get(on, none)) for on in months]
    first = next(
        (n for n, one in enumerate(found) if one.bought or one.sent_back), MOST
    )
    return found[min(first, MOST - LEAST) :] if first < MOST else []


def back(today: datetime, number: int) -> date:
    """The first of the month so many months ago."""
    months = today.year * YEAR + today.month - 1 - number
    return date(months // YEAR, months % YEAR + 1, 1)


def sums(
    rows: QuerySet[Any], column: str, amount: str, zone: Any
) -> dict[date, Decimal]:
    months = rows.order_by().values(month=TruncMonth(column, tzinfo=zone))
    return {
        row["month"].date(): row["worth"] for row in months.annotate(worth=Sum(amount))
    }
