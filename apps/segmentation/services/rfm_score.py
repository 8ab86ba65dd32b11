"""How lately, how often and for how much customers bought: 1 to 5, by the store's own
fifths.

A score says how many of the store's other customers are worse: fewer than a fifth of
them: 1; four fifths or more: 5. Equal numbers get equal scores. Where all have the same
number nobody is better than anybody, and everybody gets 3: the only customer, too. Who
never ordered has no score.
"""

from __future__ import annotations

from datetime import datetime

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
    Counted.objects.update_or_create(
        store=store,
        what=Counted.What.RFM,
        defaults={
            "counted_at": at,
            "counted_on": today_of(store, at),
            "customers": count,
        },
    )
    return count


def write(store: Store, at: datetime, part: pl.DataFrame) -> int:
    """Whoever was erased since the numbers were read is left out."""
    with transaction.atomic():
        there = Customer.objects.of(store).held(part["customer_id"].to_list())
        rows = part.filter(pl.col("customer_id").is_in(there)).with_columns(
            store_id=pl.lit(store.pk, pl.Int64), as_of=pl.lit(at)
        )
        tables.write(TABLE, rows)
    return len(rows)


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
        recency=fifth(-pl.col("days")),
        frequency=fifth(pl.col("orders")),
        money=fifth(pl.col("spent")),
    )
    return with_scores.with_columns(
        code=pl.concat_str("recency", "frequency", "money")
    ).sort("customer_id")


def fifth(number: pl.Expr) -> pl.Expr:
    """From 1 to 5 by the share of the others whose number is smaller."""
    smaller = number.rank("min").cast(pl.Int64) - 1
    others = pl.len().cast(pl.Int64) - 1
    score = pl.min_horizontal(smaller * 5 // others, 4) + 1
    is_same = number.min() == number.max()
    return pl.when(is_same).then(pl.lit(SAME, pl.Int64)).otherwise(score)
