"""What ads brought back of what they cost, as far as a rule can tell."""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from apps.events.services.analytics.span import Span
from apps.outcomes.models import ChannelCost, Rule
from apps.outcomes.services.figures import ZERO, Table


@dataclass(frozen=True)
class Return:
    """Of one channel: lowest and highest by any rule. None: not one of them knows."""

    channel: str
    spent: Decimal
    back: tuple[Decimal, Decimal]
    per_new_customer: tuple[Decimal, Decimal] | None

    @property
    def times(self) -> tuple[Decimal, Decimal]:
        return self.back[0] / self.spent, self.back[1] / self.spent


def spent(span: Span, currency: str) -> dict[str, Decimal]:
    """By channel. A month's spend counts evenly for its days."""
    months = ChannelCost.objects.of(span.store).filter(
        month_on__gte=span.first.replace(day=1),
        month_on__lte=span.last,
        currency=currency,
    )
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in months:
        days = calendar.monthrange(one.month_on.year, one.month_on.month)[1]
        found[one.channel] += one.amount * days_in(span, one.month_on, days) / days
    return {channel: amount for channel, amount in found.items() if amount}


def days_in(span: Span, month_on: date, days: int) -> int:
    first = max(span.first, month_on)
    last = min(span.last, month_on + timedelta(days=days - 1))
    return max(0, (last - first).days + 1)


def returns(span: Span, found: Table, measure: str) -> list[Return]:
    return [
        Return(
            channel,
            amount,
            ends([found.amount(channel, rule, measure) for rule in Rule]),
            per_new_customer(found, channel, amount),
        )
        for channel, amount in sorted(spent(span, found.currency).items())
    ]


def per_new_customer(
    found: Table, channel: str, amount: Decimal
) -> tuple[Decimal, Decimal] | None:
    rows = found.rows.get(channel, {}).values()
    brought = [Decimal(str(row.new_customers)) for row in rows if row.new_customers > 0]
    return ends([amount / count for count in brought]) if brought else None


def ends(amounts: list[Decimal]) -> tuple[Decimal, Decimal]:
    return min(amounts, default=ZERO), max(amounts, default=ZERO)
