"""What was sold, as arrays, as of a moment: later rows never show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from apps.accounts.models import Store
from apps.features.services.known import Known

WINDOW = timedelta(days=365)
# The numbers' door counts in microseconds.
SECOND = 1_000_000


@dataclass(frozen=True)
class Frame:
    """Sold lines: products, customers, units (n,) and moments (n,) in Unix seconds."""

    products: NDArray[np.int64]
    customers: NDArray[np.int64]
    units: NDArray[np.float64]
    moments: NDArray[np.float64]

    def between(self, since: datetime, until: datetime) -> Frame:
        inside = (self.moments >= since.timestamp()) & (
            self.moments < until.timestamp()
        )
        return Frame(
            self.products[inside],
            self.customers[inside],
            self.units[inside],
            self.moments[inside],
        )


def sold_lines(store: Store, as_of: datetime) -> Frame:
    """Lines of earning orders in the year before `as_of`, time ascending."""
    known = Known(store, as_of)
    lines = (
        known.lines.filter(pl.col("product").is_not_null())
        .filter(pl.col("at") >= known.since(WINDOW.days))
        .sort("at", "line")
        .collect()
    )
    return Frame(
        lines["product"].to_numpy().astype(np.int64),
        lines["customer"].fill_null(0).to_numpy().astype(np.int64),
        lines["units"].to_numpy().astype(np.float64),
        lines["at"].to_numpy() / SECOND,
    )
