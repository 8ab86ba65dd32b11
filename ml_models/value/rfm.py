"""How recently, how often and for how much each customer bought, as of a day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml_models.data import Floats, Ints
from ml_models.value.purchases import Purchases

SPANS = (30, 60, 90, 180)
HALF_LIVES = (15, 45, 120)


@dataclass(frozen=True)
class Rfm:
    """Customers with a purchase before the day; all arrays are (customers,).

    `repeats`: days with a purchase but the first; `recency`: days from the first to the
    last of them; `age`: days from the first to the day. These three are what BG/NBD and
    Pareto/NBD know. `values`: (customers, features), named by `names`.
    """

    customers: Ints
    repeats: Floats
    recency: Floats
    age: Floats
    spend: Floats
    names: tuple[str, ...]
    values: Floats

    def column(self, name: str) -> Floats:
        found: Floats = self.values[:, self.names.index(name)]
        return found


def rfm(purchases: Purchases, day: int) -> Rfm:
    """What was known of each customer when this day began."""
    known = purchases.before(day)
    amounts = known.net
    ends = np.flatnonzero(np.diff(known.customers, append=-1))
    begins = np.append(0, ends[:-1] + 1)[: len(ends)]
    counts = (ends - begins + 1).astype(np.float64)
    groups = np.repeat(np.arange(len(ends)), ends - begins + 1)
    ago = (day - known.days).astype(np.float64)

    def total(weights: Floats) -> Floats:
        sums = np.bincount(groups, weights, minlength=len(ends))
        return sums.astype(np.float64)

    spend, units = total(amounts), total(known.units)
    since, age = ago[ends], ago[begins]
    gaps = np.where(np.diff(groups, prepend=-1) == 0, -np.diff(ago, prepend=0.0), 0.0)
    repeats = counts - 1
    # A gap is unknown until it ends: the running one counts as one more, or somebody
    # who bought once would have none.
    gap = age / counts
    spread = np.sqrt(np.maximum(total(gaps**2) / np.maximum(repeats, 1) - gap**2, 0))
    columns = {
        "orders": counts,
        "days since last order": since,
        "days since first order": age,
        "spend": spend,
        "average order": spend / counts,
        "last order": amounts[ends],
        "first order": amounts[begins],
        "pieces": units,
        "pieces of an order": units / counts,
        "days between orders": gap,
        "days overdue": since / gap,
        "last days between": np.where(repeats > 0, gaps[ends], age),
        "irregularity": np.where(repeats > 0, spread / gap, 1.0),
    }
    for span in SPANS:
        recent = (ago <= span).astype(np.float64)
        columns[f"orders of {span} days"] = total(recent)
        columns[f"spend of {span} days"] = total(recent * amounts)
    for half in HALF_LIVES:
        fading = 0.5 ** (ago / half)
        columns[f"orders, half-life {half}"] = total(fading)
        columns[f"spend, half-life {half}"] = total(fading * amounts)
    return Rfm(
        known.customers[ends],
        repeats,
        age - since,
        age,
        spend,
        tuple(columns),
        np.column_stack(list(columns.values())),
    )


@dataclass(frozen=True)
class Outcome:
    """What the customers of an `Rfm` did in the days after: (customers,) each."""

    bought: Floats
    orders: Floats
    spend: Floats


def outcome(purchases: Purchases, customers: Ints, day: int, horizon: int) -> Outcome:
    """From the day on, for so many days, less what went back within them."""
    later = purchases.between(day, day + horizon)
    count = purchases.customer_count
    orders = np.bincount(later.customers, minlength=count)[customers]
    spend = np.bincount(later.customers, later.net, minlength=count)[customers]
    return Outcome(
        (orders > 0).astype(np.float64),
        orders.astype(np.float64),
        spend.astype(np.float64),
    )
