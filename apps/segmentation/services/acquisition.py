"""What a new customer costs, by the channel of the first visit that is known, and what
new customers bring in their first 90 days and their first year.

Spend is what the merchant noted (apps/outcomes): without it a cost is not known, and
never nothing.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Min, QuerySet, Sum

from apps.accounts.models import Store
from apps.events.services.analytics.span import Span
from apps.events.services.enrich import CHANNELS
from apps.outcomes.services.returns import spent
from apps.segmentation.models import Acquired, Counted
from apps.segmentation.services.cohorts import UNKNOWN, Kind

AMOUNTS = ("revenue", "costed", "margin")
SUMMED = (
    "customers",
    *(f"{name}_{days}" for days in (90, 365) for name in ("customers", *AMOUNTS)),
)


@dataclass(frozen=True)
class Brought:
    """By customers who had so many days since their first order, in those days."""

    customers: int
    revenue: Decimal
    costed: Decimal
    margin: Decimal

    @property
    def revenue_each(self) -> Decimal | None:
        return self.revenue / self.customers if self.customers else None

    @property
    def margin_each(self) -> Decimal | None:
        """None where the cost of nothing they bought is known."""
        return self.margin / self.customers if self.customers and self.costed else None

    @property
    def known(self) -> Decimal | None:
        """The share of the revenue whose cost is known, which the margin is of; None:
        there is no revenue."""
        return self.costed / self.revenue if self.revenue > 0 else None


@dataclass(frozen=True)
class Channel:
    """`spent` is None where nothing is noted."""

    key: str
    name: str
    customers: int
    spent: Decimal | None
    first_90: Brought
    first_365: Brought

    @property
    def cost_each(self) -> Decimal | None:
        if self.spent is None or not self.customers:
            return None
        return self.spent / self.customers


@dataclass(frozen=True)
class Acquisition:
    """Of whole months of the store; the last one may be running."""

    currency: str
    as_of: datetime
    first: date
    last: date
    channels: list[Channel]


def acquisition(
    store: Store, first: date | None = None, last: date | None = None
) -> Acquisition | None:
    """Of those who first ordered in these months; None: nothing was counted yet."""
    as_of = Counted.objects.of(store).at(Counted.What.COHORTS)
    if as_of is None:
        return None
    today = as_of.astimezone(store.zone).date()
    rows = Acquired.objects.of(store).filter(as_of=as_of)
    first = (first or oldest_of(rows) or today).replace(day=1)
    last = min(end_of(last or today), today)
    rows = rows.filter(month_on__gte=first, month_on__lte=last)
    summed = rows.order_by().values("channel")
    sums = summed.annotate(**{f"sum_{one}": Sum(one) for one in SUMMED})
    found = {row["channel"]: row for row in sums}
    costs = spent(Span(store, first, last), store.currency)
    channels = [
        channel(key, found.get(key, {}), costs.get(key)) for key in {*found, *costs}
    ]
    channels.sort(key=lambda one: (not one.key, -one.customers, one.key))
    return Acquisition(store.currency, as_of, first, last, channels)


def oldest_of(rows: QuerySet[Acquired]) -> date | None:
    found: date | None = rows.aggregate(first=Min("month_on"))["first"]
    return found


def end_of(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def channel(key: str, row: Mapping[str, Any], cost: Decimal | None) -> Channel:
    def summed(name: str) -> Any:
        return row.get(f"sum_{name}") or 0

    def brought(days: int) -> Brought:
        amounts = (Decimal(summed(f"{one}_{days}")) for one in AMOUNTS)
        return Brought(summed(f"customers_{days}"), *amounts)

    name = CHANNELS.get(key, key) if key else UNKNOWN[Kind.CHANNEL]
    return Channel(key, name, summed("customers"), cost, brought(90), brought(365))
