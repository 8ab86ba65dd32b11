"""Share the orders of the last days out among channels, by each rule.

1. Touches: visits by channel and clicks on shelves, a month before the period on.
2. Orders of the period, net of refunds; each has the touches of its customer in the
   days before it as its journey.
3. Who came in the period and bought nothing is a journey too: it tells what would be
   missed (Markov), and earns nobody anything.
4. Each rule shares orders, revenue and margin; the rows take the old ones' place in one
   transaction.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
import polars as pl
from django.db import transaction
from numpy.typing import NDArray

from apps.accounts.models import Store
from apps.core.money import round_money
from apps.events.services.analytics.span import Span, last_days, today_of
from apps.features.services.rows import MONEY_UNIT, micros
from apps.outcomes.models import Credit, OutcomeSettings, Progress, Rule
from apps.outcomes.services.periods import PERIODS, UNATTRIBUTED
from apps.outcomes.services.sold import sold
from apps.outcomes.services.touches import NAMES, touches
from apps.shop.models import Order, Refund
from ml_models.attribution import RULES, Journeys

# Rows are committed later than they say.
OVERLAP = timedelta(minutes=2)
# It rests so many times as long as it took: a twentieth of a core at most.
REST = 20
ORDERS_AT_ONCE = 5_000
# More orders are no person's: a till with one account for everybody.
MOST_ORDERS = 500
DAY = 86_400_000_000
Floats = NDArray[np.float64]


def keep_fresh(store: Store, at: datetime) -> int:
    """Share out again where the day, an order or a refund is another one."""
    progress, _ = Progress.objects.get_or_create(store=store)
    if not is_due(store, progress, at):
        return 0
    begun = time.monotonic()
    count = share_out(store, at)
    Progress.objects.of(store).filter(pk=progress.pk).update(
        shared_at=at,
        shared_on=today_of(store, at),
        shared_seconds=time.monotonic() - begun,
    )
    return count


def is_due(store: Store, progress: Progress, at: datetime) -> bool:
    before = progress.shared_at
    if before is None or progress.shared_on != today_of(store, at):
        return True
    if at < before + timedelta(seconds=REST * progress.shared_seconds):
        return False
    since = {"updated_at__gt": before - OVERLAP}
    return any(
        model.objects.of(store).filter(**since).exists()
        for model in (Order, Refund, OutcomeSettings)
    )


def share_out(store: Store, at: datetime) -> int:
    window = OutcomeSettings.objects.for_store(store).journey_window
    spans = {days: last_days(store, at, days) for days in PERIODS}
    longest = spans[max(PERIODS)]
    known = touches(store, longest.start - window, longest.end)
    orders = sold(store, longest.start, longest.end)
    rows = [
        row
        for days, span in spans.items()
        for row in of_period(span, days, orders, known, window)
    ]
    for row in rows:
        row.computed_at = at
    with transaction.atomic():
        Credit.objects.of(store).delete()
        Credit.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def of_period(
    span: Span, days: int, orders: pl.DataFrame, known: pl.DataFrame, window: timedelta
) -> Iterator[Credit]:
    since, until = micros(span.start), micros(span.end)
    is_in = (pl.col("at") >= since) & (pl.col("at") < until)
    placed = orders.filter(is_in)
    journeys = led_to(placed, known, window)
    buyers = placed["person"].drop_nulls().unique()
    others = known.filter(is_in).join(buyers.to_frame(), on="person", how="anti")
    for currency in sorted(placed["currency"].unique().to_list()):
        mine = placed.filter(pl.col("currency") == currency)
        found = Found(mine, journeys, others)
        for rule in Rule:
            yield from credits_of(span, days, currency, rule, found)


def led_to(
    orders: pl.DataFrame, known: pl.DataFrame, window: timedelta
) -> pl.DataFrame:
    """order, at, channel: touches of each order's customer before it."""
    reach = micros_of(window)
    people = orders.filter(
        pl.col("person").is_not_null(), pl.len().over("person") <= MOST_ORDERS
    )
    parts = [
        pl.DataFrame(schema={"order": pl.Int64, "at": pl.Int64, "channel": pl.Int8})
    ]
    for first in range(0, len(people), ORDERS_AT_ONCE):
        some = people.slice(first, ORDERS_AT_ONCE)
        joined = some.select("order", "person", until="at").join(known, on="person")
        near = (pl.col("at") <= pl.col("until")) & (
            pl.col("at") >= pl.col("until") - reach
        )
        parts.append(joined.filter(near).select("order", "at", "channel"))
    return pl.concat(parts)


def micros_of(length: timedelta) -> int:
    return length // timedelta(microseconds=1)


@dataclass(frozen=True)
class Found:
    """Orders of one currency, what led to orders, and what led to none."""

    orders: pl.DataFrame
    touches: pl.DataFrame
    others: pl.DataFrame

    def __len__(self) -> int:
        return len(self.orders)

    def values(self, name: str) -> Floats:
        """Amounts in ten-thousandths, flags as 1; nothing where unknown."""
        return self.orders[name].fill_null(0).cast(pl.Float64).to_numpy()

    def total(self, name: str) -> Decimal:
        return Decimal(int(self.orders[name].sum() or 0)) / MONEY_UNIT

    def journeys(self, *, with_others: bool) -> Journeys:
        """Numbered as the orders are; who bought nothing comes behind them."""
        numbered = self.orders.select("order").with_row_index("journey")
        mine = self.touches.join(numbered, on="order").select(
            pl.col("journey").cast(pl.Int64), "at", "channel"
        )
        count = len(self.orders)
        if with_others and len(self.others):
            behind = self.others.select(
                journey=pl.col("person").rank("dense").cast(pl.Int64) - 1 + count,
                at="at",
                channel="channel",
            )
            mine = pl.concat([mine, behind])
        whole = max(count, int(mine["journey"].max() or 0) + 1) if len(mine) else count  # type: ignore[arg-type]
        converted = np.arange(whole) < count
        return Journeys(
            mine["journey"].to_numpy(),
            mine["channel"].cast(pl.Int64).to_numpy(),
            (mine["at"] / DAY).to_numpy(),
            converted.astype(np.float64),
            converted,
            len(NAMES),
        )


def credits_of(
    span: Span, days: int, currency: str, rule: Rule, found: Found
) -> Iterator[Credit]:
    measures = shares(rule, found)
    money = {
        name: to_the_cent(measures[name] / MONEY_UNIT, found.total(name), currency)
        for name in ("revenue", "margin")
    }
    known = len(found.orders) - found.orders["margin"].null_count()
    for place, channel in enumerate((*NAMES, UNATTRIBUTED)):
        if not any(measures[name][place] for name in ("orders", "revenue")):
            continue
        yield Credit(
            store=span.store,
            days=days,
            starts_on=span.first,
            ends_on=span.last,
            rule=rule,
            channel=channel,
            currency=currency,
            orders=round(float(measures["orders"][place]), 6),
            new_customers=round(float(measures["is_first"][place]), 6),
            revenue=money["revenue"][place],
            margin=money["margin"][place] if known else None,
            margin_known=known / len(found.orders),
        )


def shares(rule: Rule, found: Found) -> dict[str, Floats]:
    """Of each channel, and last of what no channel led to; by measure."""
    journeys = found.journeys(with_others=rule == Rule.MARKOV)
    values = {
        "orders": journeys.values,
        **{
            name: np.append(found.values(name), np.zeros(len(journeys) - len(found)))
            for name in ("is_first", "revenue", "margin")
        },
    }
    if rule == Rule.MARKOV:
        return by_weights(journeys, values)
    given = {
        name: RULES[rule](replace(journeys, values=one)) for name, one in values.items()
    }
    return {
        name: np.append(credit.by_channel, credit.unattributed)
        for name, credit in given.items()
    }


def by_weights(journeys: Journeys, values: dict[str, Floats]) -> dict[str, Floats]:
    """Markov gives each measure by the same weights, which take long to find."""
    weights = RULES[Rule.MARKOV](journeys).weights
    is_touched = np.bincount(journeys.journeys, minlength=len(journeys)) > 0
    return {
        name: np.append(weights * one[is_touched].sum(), one[~is_touched].sum())
        for name, one in values.items()
    }


def to_the_cent(amounts: Floats, total: Decimal, currency: str) -> list[Decimal]:
    """Rounded; the largest takes what rounding left over, so that all adds up."""
    rounded = [round_money(Decimal(float(one)), currency) for one in amounts]
    largest = int(np.argmax(np.abs(amounts)))
    rounded[largest] += total - sum(rounded, Decimal(0))
    return rounded
