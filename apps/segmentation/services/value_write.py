"""A version's values as rows: written, renewed, removed a part at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import transaction

from apps.events.services.rolling import tables
from apps.registry.models import ModelVersion
from apps.segmentation.models import CustomerValue, ValueModel
from apps.segmentation.models.value import HIGH_FROM, MEDIUM_FROM, Band
from apps.shop.models import Customer

# Rows of one transaction: a tenth of a second, in which nobody else can write.
AT_ONCE = 2_000
# Finer than that a number means nothing.
DIGITS = 6
DRIVER = "driver "
AMOUNTS = (
    "chance", "churn", "orders_90", "revenue_90", "low_90", "high_90", "orders_365",
    "revenue_365", "low_365", "high_365", "margin_90", "margin_365", "spent", "earned",
    "total", "next_order_days",
)  # fmt: skip
TABLE = tables.Table(
    CustomerValue._meta.db_table,
    columns={
        "store_id": pl.Int64,
        "version_id": pl.Int64,
        "customer_id": pl.Int64,
        **dict.fromkeys(AMOUNTS, pl.Float64),
        "band": pl.String,
        "orders": pl.Int64,
        "next_order_on": pl.Date,
        "drivers": pl.String,
        "computed_at": pl.Datetime("us", "UTC"),
    },
    unique=("version_id", "customer_id"),
    documents=("drivers",),
    # Of two nights at once the later one's stay: others would go with what is old.
    newest_by="computed_at",
)


@dataclass(frozen=True)
class Told:
    """frame: columns as those of the rows, and one for each driver; `tomorrow`: the day
    from which on was foretold; total: of all together, with low and high. `marks` are
    empty where nothing was learned anew."""

    frame: pl.DataFrame
    tomorrow: date
    computed_at: datetime
    total: tuple[float, float, float]
    marks: Mapping[str, float]


def write(version: ModelVersion, told: Told, say: Callable[[float], None]) -> int:
    """How many; customers who are gone meanwhile have no row."""
    count = 0
    for place, part in enumerate(told.frame.iter_slices(AT_ONCE)):
        say(place * AT_ONCE / len(told.frame))
        count += write_part(version, told, part)
    write_model(version, told)
    return count


def renew(version: ModelVersion, told: Told) -> int:
    """Write anew; who has no order any more loses the row. How many were written or
    removed."""
    count = write(version, told, lambda part: None)
    old = CustomerValue.objects.of(version.store).filter(version=version)
    return count + remove(old.filter(computed_at__lt=told.computed_at))


def empty(version: ModelVersion, at: datetime) -> int:
    """Nobody has an order any more. How many were removed; that the model is of today
    comes last, so a run that was killed is done again."""
    store = version.store
    count = remove(CustomerValue.objects.of(store).filter(version=version))
    ValueModel.objects.of(store).filter(version=version).update(
        customers=0,
        average_spent=0.0,
        revenue_90=0.0,
        low_90=0.0,
        high_90=0.0,
        computed_at=at,
    )
    return count


def write_part(version: ModelVersion, told: Told, part: pl.DataFrame) -> int:
    store, ids = version.store, part["customer_id"].to_list()
    with transaction.atomic():
        known = Customer.objects.of(store).live().somebody().held(ids)
        rows = part.filter(pl.col("customer_id").is_in(known))
        tables.write(TABLE, laid_out(version, told, rows))
    return len(rows)


def laid_out(version: ModelVersion, told: Told, rows: pl.DataFrame) -> pl.DataFrame:
    churn, days = 1 - pl.col("chance"), pl.col("next_order_days")
    band = (
        pl.when(pl.col("churn") >= HIGH_FROM)
        .then(pl.lit(Band.HIGH.value))
        .when(pl.col("churn") >= MEDIUM_FROM)
        .then(pl.lit(Band.MEDIUM.value))
        .otherwise(pl.lit(Band.LOW.value))
    )
    return (
        rows.with_columns(churn=churn, total=pl.col("spent") + pl.col("revenue_365"))
        # -0.0 is 0.
        .with_columns(pl.col(*AMOUNTS).round(DIGITS) + 0.0)
        .with_columns(
            band=band,
            next_order_on=pl.lit(told.tomorrow) + pl.duration(days=days.cast(pl.Int64)),
            drivers=pl.Series(drivers_of(rows), dtype=pl.String),
            store_id=pl.lit(version.store_id, pl.Int64),
            version_id=pl.lit(version.pk, pl.Int64),
            computed_at=pl.lit(told.computed_at),
        )
    )


def drivers_of(rows: pl.DataFrame) -> Sequence[str]:
    """As JSON, the weightiest first."""
    effects = rows.select(pl.col(f"^{DRIVER}.*$").round(DIGITS) + 0.0)
    names = [name.removeprefix(DRIVER) for name in effects.columns]
    return [
        json.dumps(
            [
                {"feature": name, "effect": effect}
                for effect, name in sorted(
                    zip(row, names, strict=True), key=lambda one: -abs(one[0])
                )
            ]
        )
        for row in effects.iter_rows()
    ]


def write_model(version: ModelVersion, told: Told) -> None:
    revenue, low, high = told.total
    about = ValueModel.objects.of(version.store).filter(version=version)
    if about.filter(computed_at__gt=told.computed_at).exists():
        return
    learned = {}
    if told.marks:
        learned = {
            "window_days": int(told.marks["window_days"]),
            "calibration_error": told.marks["calibration_error"],
            "total_error": told.marks.get("total_error"),
        }
    ValueModel.objects.update_or_create(
        store=version.store,
        version=version,
        defaults={
            **learned,
            "customers": len(told.frame),
            "average_spent": told.frame["spent"].to_numpy().mean(),
            "revenue_90": revenue,
            "low_90": low,
            "high_90": high,
            "computed_at": told.computed_at,
        },
    )


def forget(version: ModelVersion) -> int:
    """Remove what a version wrote, a part at a time."""
    count = 0
    for model in (CustomerValue, ValueModel):
        count += remove(model.objects.of(version.store).filter(version=version))
    return count


def remove(rows: Any) -> int:
    count = 0
    while ids := list(rows.order_by().values_list("pk", flat=True)[:AT_ONCE]):
        count += rows.filter(pk__in=ids).delete()[0]
    return count
