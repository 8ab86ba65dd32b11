"""How lately, how often and for how much customers bought: 1 to 5, by the store's own
fifths.

A score says how many of the store's other customers are worse: fewer than a fifth of
them: 1; four fifths or more: 5. Equal numbers get equal scores. Where all have the same
number nobody is better than anybody, and everybody gets 3: the only customer, too. Who
never ordered has no score.

What a person really did bounds that, so that a young shop's customers are not called
old: one order is 1 for how often, and an order of the last 30 days 4 at least for how
lately.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
from django.db import transaction

from apps.accounts.models import Store
from apps.events.services.analytics.span import today_of
from apps.events.services.rolling import tables
from apps.features.models import CustomerFeatures, Refresh
from apps.features.services.refresh import CUSTOMER
from apps.features.services.rows import (
    AMOUNT,
    DAY,
    INT,
    MOMENT,
    MONEY_UNIT,
    frame_of,
    micros,
)
from apps.segmentation.models import Counted, RfmScore
from apps.shop.models import Customer

CHUNK = 2_000
SAME = 3
LATELY = timedelta(days=30)
LATELY_LEAST = 4
ONCE = 1
TABLE = tables.Table(
    RfmScore._meta.db_table,
    columns={
        **dict.fromkeys(
            ("store_id", "customer_id", "recency", "frequency", "money"), pl.Int64
        ),
        "code": pl.String,
        "days": pl.Int64,
        "orders": pl.Int64,
        "spent": pl.Float64,
        "as_of": pl.Datetime("us", "UTC"),
    },
    unique=("customer_id",),
    # Of two nights at once the later one's stay: others would go with what is old.
    newest_by="as_of",
)


def keep_fresh(store: Store, at: datetime) -> int:
    """Score again once all customers' numbers were worked out anew: every night."""
    full_at = (
        Refresh.objects.of(store)
        .filter(kind=CUSTOMER)
        .values_list("full_at", flat=True)
        .first()
    )
    before = Counted.objects.of(store).at(Counted.What.RFM)
    if full_at is None or (before is not None and before >= full_at):
        return 0
    return score(store, at)


def score(store: Store, at: datetime) -> int:
    """Every customer anew, a chunk a transaction; how many there are."""
    rows = scored(numbers(store, at))
    count = sum(write(store, at, part) for part in rows.iter_slices(CHUNK))
    RfmScore.objects.of(store).filter(as_of__lt=at).delete()
    said = {
        "counted_at": at, "counted_on": today_of(store, at), "customers": count,
    }  # fmt: skip
    what = Counted.What.RFM
    Counted.objects.get_or_create(store=store, what=what, defaults=said)
    Counted.objects.of(store).filter(what=what, counted_at__lte=at).update(**said)
    return count


def write(store: Store, at: datetime, part: pl.DataFrame) -> int:
    """Whoever was erased since the numbers were read is left out."""
    with transaction.atomic():
        there = Customer.objects.of(store).held(part["customer_id"].to_list())
        rows = part.filter(pl.col("customer_id").is_in(there)).with_columns(
            store_id=pl.lit(store.pk, pl.Int64), as_of=pl.lit(at)
        )
        tables.write(TABLE, rows)
    return len(there)


def numbers(store: Store, at: datetime) -> pl.DataFrame:
    """customer_id, days, orders, spent: of those who ordered. Rows of numbers are of
    different moments, so days are counted from the last order to the same one."""
    buyers = CustomerFeatures.objects.of(store).filter(
        orders__gt=0, customer__deleted_at=None, customer__merged_into=None
    )
    found = frame_of(
        buyers,
        customer_id=(INT, "customer_id"),
        as_of=(MOMENT, "as_of"),
        since=(AMOUNT, "recency_days"),
        orders=(INT, "orders"),
        spent=(AMOUNT, "spent"),
    ).drop_nulls("since")
    last_at = pl.col("as_of") - pl.col("since") * (DAY // MONEY_UNIT)
    days = (pl.lit(micros(at)) - last_at) // DAY
    return found.select(
        "customer_id",
        "orders",
        days=pl.max_horizontal(days, 0),
        spent=pl.col("spent") / MONEY_UNIT,
    )


def scored(rows: pl.DataFrame) -> pl.DataFrame:
    with_scores = rows.with_columns(
        recency=how_lately(),
        frequency=how_often(),
        money=fifth(pl.col("spent")),
    )
    return with_scores.with_columns(
        code=pl.concat_str("recency", "frequency", "money")
    ).sort("customer_id")


def how_lately() -> pl.Expr:
    score, is_lately = fifth(-pl.col("days")), pl.col("days") < LATELY.days
    least = pl.lit(LATELY_LEAST, pl.Int64)
    return pl.when(is_lately).then(pl.max_horizontal(score, least)).otherwise(score)


def how_often() -> pl.Expr:
    """Beside others who order more, one order is 1 anyway; so where all have one."""
    once = pl.lit(ONCE, pl.Int64)
    return pl.when(pl.col("orders") == 1).then(once).otherwise(fifth(pl.col("orders")))


def fifth(number: pl.Expr) -> pl.Expr:
    """From 1 to 5 by the share of the others whose number is smaller."""
    smaller = number.rank("min").cast(pl.Int64) - 1
    others = pl.len().cast(pl.Int64) - 1
    score = pl.min_horizontal(smaller * 5 // others, 4) + 1
    is_same = number.min() == number.max()
    return pl.when(is_same).then(pl.lit(SAME, pl.Int64)).otherwise(score)
