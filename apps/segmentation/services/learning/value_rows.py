"""What a model says of each customer, as columns of rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl

from apps.segmentation.models.value import LONG
from apps.segmentation.services.learning.purchases import EPOCH, Bought
from apps.segmentation.services.value_write import Told
from ml_models.data import Floats
from ml_models.value.model import Value
from ml_models.value.prediction import Drivers
from ml_models.value.snapshots import RHYTHM

# An order is expected where one within a year is as likely as none.
EXPECTED = 0.5
# Features that say nearly the same are one driver: log-odds add up. "days ahead" is the
# same for everybody.
LAST = (
    "days since last order", "days overdue", "orders of 30 days", "orders, half-life 15",
)  # fmt: skip
OFTEN = (
    "orders", "days between orders", "orders of 90 days", "orders, half-life 45",
    "orders, half-life 120",
)  # fmt: skip
MONEY = ("spend", "average order", "first order", "spend of 90 days")
DRIVERS: Mapping[str, tuple[str, ...]] = {
    "last order": LAST,
    "frequency": OFTEN,
    "spend": MONEY,
    "pieces of an order": ("pieces of an order",),
    "time as a customer": ("days since first order",),
    "rhythm": (*RHYTHM, "rhythm of buying"),
}


def told(model: Value, data: Bought, marks: Mapping[str, float]) -> Told:
    """`marks`: of the contest; none between two trainings. Today's orders count, and
    the days ahead begin tomorrow."""
    day, bought = data.today + 1, data.purchases
    near, far = model.predict(bought, day), model.predict(bought, day, LONG)
    # A year holds its first quarter, whatever two ways of reckoning say.
    orders, revenue, low, high = (
        np.maximum(getattr(far, name), getattr(near, name))
        for name in ("orders", "spend", "low", "high")
    )
    has_next = far.buys >= EXPECTED
    # Of who bought nothing yet there is no row, so these are in the order of customers.
    rows = {
        "customer_id": data.customers,
        "chance": near.buys,
        "orders_90": near.orders,
        "revenue_90": near.spend,
        "low_90": near.low,
        "high_90": near.high,
        "orders_365": orders,
        "revenue_365": revenue,
        "low_365": low,
        "high_365": high,
        "margin_90": unknown(near.margin, len(revenue)),
        "margin_365": unknown(far.margin, len(revenue)) * revenue / far.spend,
        "orders": data.orders.astype(np.int64),
        "spent": data.spent,
        "earned": data.earned,
        "next_order_days": np.where(has_next, near.next_order, np.nan),
        **drivers(model.drivers(bought, day)),
    }
    return Told(
        frame=pl.DataFrame(rows).with_columns(pl.col(pl.Float64).fill_nan(None)),
        tomorrow=date.fromordinal(EPOCH.toordinal() + day),
        computed_at=data.as_of,
        total=(near.total, near.total_low, near.total_high),
        marks=marks,
    )


def unknown(margins: Floats | None, count: int) -> Floats:
    return np.full(count, np.nan) if margins is None else margins


def drivers(found: Drivers) -> dict[str, Floats]:
    """By group, prefixed: (customers,) of log-odds."""
    places = {name: place for place, name in enumerate(found.names)}
    return {
        f"driver {group}": found.parts[:, [places[name] for name in names]].sum(axis=1)
        for group, names in DRIVERS.items()
    }
