"""Two shops' purchases, and the day from which 90 days are foretold.

A folder holds one folder for each set. Each day is derived from the data, so that another
folder of the same shape is measured in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.recs.sets import retail_lines
from ml_models.value.purchases import Purchases, purchases

HORIZON = 90
CDNOW_DAY = date(1997, 10, 1)
# The whole of online_retail ends in December 2011: its autumn is foretold from here.
AUTUMN = date(2011, 9, 1)


@dataclass(frozen=True)
class Trial:
    """`day` counts as the purchases' days do; `begun` is that day's date."""

    name: str
    purchases: Purchases
    day: int
    horizon: int
    begun: date


def cdnow(folder: Path) -> Trial:
    frame = pl.read_parquet(folder / "cdnow" / "purchases.parquet")
    frame = frame.filter(pl.col("dollars") > 0).select(
        pl.col("customer_id").alias("customer"),
        pl.col("date").cast(pl.Date),
        pl.col("dollars").alias("amount"),
        pl.col("cds").alias("units"),
    )
    return trial("cdnow", frame, CDNOW_DAY, HORIZON)


def online_retail(folder: Path) -> Trial:
    """From September 2011 where the data reach 90 days beyond it, else for the last 90
    days; the last 45 where there is nothing before September 2011."""
    frame = retail_lines(folder).select(
        pl.col("CustomerID").alias("customer"),
        pl.col("InvoiceDate").dt.date().alias("date"),
        (pl.col("Quantity") * pl.col("UnitPrice")).alias("amount"),
        pl.lit(1).alias("units"),
    )
    first, last = frame["date"].min(), frame["date"].max()
    assert isinstance(first, date)
    assert isinstance(last, date)
    end = last + timedelta(days=1)
    if first >= AUTUMN:
        horizon = min(HORIZON // 2, (end - first).days // 2)
        return trial("online_retail", frame, end - timedelta(days=horizon), horizon)
    if end >= AUTUMN + timedelta(days=HORIZON):
        return trial("online_retail", frame, AUTUMN, HORIZON)
    return trial("online_retail", frame, end - timedelta(days=HORIZON), HORIZON)


def trial(name: str, frame: pl.DataFrame, begun: date, horizon: int) -> Trial:
    origin = frame["date"].min()
    assert isinstance(origin, date)
    found = purchases(
        np.unique(frame["customer"].to_numpy(), return_inverse=True)[1],
        (frame["date"] - origin).dt.total_days().to_numpy(),
        frame["amount"].to_numpy(),
        frame["units"].to_numpy(),
    )
    return Trial(name, found, (begun - origin).days, horizon, begun)


SETS: dict[str, Callable[[Path], Trial]] = {
    "cdnow": cdnow,
    "online_retail": online_retail,
}
