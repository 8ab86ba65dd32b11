"""Customers' numbers as the groups' models read them, and what came after."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from django.db.models import F
from numpy.typing import NDArray

from apps.accounts.models import Store
from apps.features.models import CustomerFeatures
from apps.features.services.frame import frame
from ml_models.segments.base import READ, Crowd, Floats

HORIZON = timedelta(days=90)
AT_ONCE = 1_000
# What is foretold of the 90 days after: these as the later frame has them, and the
# orders with a coupon, which are the difference of two frames.
AFTER = ("spent_90", "orders_90", "views_90")


@dataclass(frozen=True)
class Past:
    """Buyers as they were known at a moment, and their next 90 days: after:
    (customers, outcomes)."""

    crowd: Crowd
    after: Floats


def crowd_of(rows: pl.DataFrame) -> Crowd:
    return Crowd.of({name: floats(rows, name) for name in READ})


def floats(rows: pl.DataFrame, name: str) -> NDArray[np.float64]:
    """NaN where unknown."""
    found = rows[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return np.asarray(found, np.float64)


def past_of(store: Store, at: datetime, later: pl.DataFrame) -> Past:
    """`later`: the frame of 90 days after `at`."""
    then = frame(store, "customer", at).filter(pl.col("orders") > 0)
    now = then.select("customer").join(
        later, on="customer", how="left", maintain_order="left"
    )
    known = [np.nan_to_num(floats(now, name)) for name in AFTER]
    coupons = with_coupon(now) - with_coupon(then)
    after = np.log1p(np.maximum(np.stack([*known, coupons], axis=1), 0))
    return Past(crowd_of(then), after)


def with_coupon(rows: pl.DataFrame) -> Floats:
    shares = np.nan_to_num(floats(rows, "coupon_order_share"))
    return np.asarray(np.nan_to_num(floats(rows, "orders")) * shares)


def served(
    store: Store, customers: Collection[int] | None
) -> Iterator[tuple[list[int], Crowd]]:
    """Numbers as they are kept up in rows, a part at a time; of all, or of these."""
    columns = CustomerFeatures.columns()
    asked = {
        f"n_{name}": F(name if name in columns else f"numbers__{name}") for name in READ
    }
    rows = CustomerFeatures.objects.of(store).order_by("customer")
    for part in parts(store, customers):
        found = rows.filter(customer__in=part).annotate(**asked)
        whole = list(found.values_list("customer_id", *asked))
        values = np.array([row[1:] for row in whole], np.float64)
        values = values.reshape(len(whole), len(READ))
        columns_of = dict(zip(READ, values.T, strict=True))
        yield [row[0] for row in whole], Crowd.of(columns_of)


def parts(store: Store, customers: Collection[int] | None) -> Iterator[list[int]]:
    if customers is None:
        known = CustomerFeatures.objects.of(store)
        whole = sorted(known.values_list("customer_id", flat=True))
    else:
        whole = sorted(set(customers))
    for start in range(0, len(whole), AT_ONCE):
        yield whole[start : start + AT_ONCE]
