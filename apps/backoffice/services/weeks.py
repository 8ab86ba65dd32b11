"""Revenue of each week, exact in the store's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, F, Func, Sum

from apps.accounts.models import Store
from apps.backoffice.services.period import midnight
from apps.shop.models import Order

WEEKS = 57
# Every time zone is whole quarters of an hour from UTC.
QUARTER = 900


class Quarter(Func):
    """Quarters of an hour since 1970. Django's own truncation calls Python for each row
    on SQLite, which costs more than the rest of the page."""

    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(
            compiler,
            connection,
            template=f"CAST(strftime('%%%%s', %(expressions)s) AS INTEGER) / {QUARTER}",
            **context,
        )

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(
            compiler,
            connection,
            template=f"FLOOR(EXTRACT(EPOCH FROM %(expressions)s) / {QUARTER})::bigint",
            **context,
        )


@dataclass(frozen=True)
class Week:
    starts_on: date
    revenue: Decimal


def weekly_revenue(store: Store, now: datetime) -> list[Week]:
    """13 months, Monday to Sunday, the last week under way; net of refunds so far.

    Of orders in the store's currency.
    """
    today = now.astimezone(store.zone).date()
    first = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    starts = [first + timedelta(weeks=number) for number in range(WEEKS)]
    rows = (
        Order.objects.of(store)
        .earning()
        .filter(placed_at__gte=midnight(store, first), currency=store.currency)
        .order_by()
        .values_list(Quarter("placed_at"))
        .annotate(net=Sum(F("total") - F("refunded_total")))
    )
    bounds = [int(midnight(store, day).timestamp()) // QUARTER for day in starts]
    sums = [Decimal(0)] * WEEKS
    place = 0
    for quarter, net in sorted(rows):
        while place + 1 < WEEKS and quarter >= bounds[place + 1]:
            place += 1
        sums[place] += net
    return [Week(day, amount) for day, amount in zip(starts, sums, strict=True)]
