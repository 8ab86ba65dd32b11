"""A version's values as rows: written, renewed, removed a part at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from django.db import transaction

from apps.registry.models import ModelVersion
from apps.segmentation.models import CustomerValue, ValueModel
from apps.segmentation.models.value import band_of
from apps.shop.models import Customer

# Rows of one transaction: a tenth of a second, in which nobody else can write.
AT_ONCE = 500
DIGITS = 6
DRIVER = "driver "
FIXED = frozenset(("id", "store", "version", "customer"))
WRITTEN = [f.name for f in CustomerValue._meta.concrete_fields if f.name not in FIXED]


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
    """Write anew; who has no order any more loses the row."""
    count = write(version, told, lambda part: None)
    old = CustomerValue.objects.of(version.store).filter(version=version)
    remove(old.filter(computed_at__lt=told.computed_at))
    return count


def write_part(version: ModelVersion, told: Told, part: pl.DataFrame) -> int:
    store, ids = version.store, part["customer_id"].to_list()
    with transaction.atomic():
        there = Customer.objects.of(store).live().filter(pk__in=ids)
        known = set(there.values_list("pk", flat=True))
        rows = [
            CustomerValue(store=store, version=version, **columns(row, told))
            for row in part.to_dicts()
            if row["customer_id"] in known
        ]
        CustomerValue.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["version", "customer"],
            update_fields=WRITTEN,
        )
    return len(rows)


def columns(row: Mapping[str, Any], told: Told) -> dict[str, Any]:
    found = {name: rounded(row[name]) for name in row if not name.startswith(DRIVER)}
    drivers = [
        {"feature": name.removeprefix(DRIVER), "effect": rounded(effect)}
        for name, effect in row.items()
        if name.startswith(DRIVER)
    ]
    churn = rounded(1 - row["chance"])
    days = found["next_order_days"]
    return {
        **found,
        "churn": churn,
        "band": band_of(churn),
        "total": rounded(row["spent"] + row["revenue_365"]),
        "next_order_on": days and told.tomorrow + timedelta(days=int(days)),
        "drivers": sorted(drivers, key=lambda one: -abs(one["effect"])),
        "computed_at": told.computed_at,
    }


def rounded(value: Any) -> Any:
    """Finer than that a number means nothing. -0.0 is 0."""
    return round(value, DIGITS) + 0.0 if isinstance(value, float) else value


def write_model(version: ModelVersion, told: Told) -> None:
    revenue, low, high = told.total
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
