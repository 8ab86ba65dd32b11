"""Count what customers did month by month after their first order.

1. Orders that earned, with what is left of them after refunds, as the customers' numbers
   have them (apps/features).
2. Each customer's first order says the month, the category and the channel.
3. Sums by kind, group, month and months since; and what new customers of a channel
   brought in their first 90 and 365 days.
4. Rows are written a chunk a transaction under the count's own moment; one small
   statement makes that the count that holds. Of two counts at once the first to end does.
5. The former one's rows stay until the next count: somebody may be reading them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import Model

from apps.accounts.models import Store
from apps.events.services.analytics.span import today_of
from apps.features.services.known import Known
from apps.features.services.rows import DAY, MONEY_UNIT, micros
from apps.segmentation.models import Acquired, CohortCell, Counted
from apps.segmentation.services.cohorts_first import categories, channels

CHUNK = 1_000
AMOUNTS = ("revenue", "costed", "margin")
WINDOWS = (90, 365)
Kind = CohortCell.Kind
MODELS: tuple[type[Model], ...] = (CohortCell, Acquired)


def keep_fresh(store: Store, at: datetime) -> int:
    """Once on each day of the store; until anybody ordered, whenever it is asked."""
    before = Counted.objects.of(store).filter(what=Counted.What.COHORTS).first()
    is_of_today = before is not None and before.counted_on >= today_of(store, at)
    if before is not None and is_of_today and before.customers:
        return 0
    return count(store, at)


def count(store: Store, at: datetime) -> int:
    """How many customers there are. Twice at the same moment is as good as once."""
    before = Counted.objects.of(store).at(Counted.What.COHORTS)
    orders = with_firsts(Known(store, at))
    # Left by a count that broke off.
    forget(store, as_of=at)
    write(CohortCell, store, at, cells(orders))
    write(Acquired, store, at, acquired(orders, micros(at)))
    customers = orders["customer"].n_unique()
    if hold(store, at, before, customers):
        forget(store, as_of__lt=min(at, before or at))
    else:
        forget(store, as_of=at)
    return customers


def hold(store: Store, at: datetime, before: datetime | None, customers: int) -> bool:
    """Make it the count that holds; False where another one became that meanwhile."""
    said = {
        "counted_at": at, "counted_on": today_of(store, at), "customers": customers,
    }  # fmt: skip
    what = Counted.What.COHORTS
    if before is None:
        rows = Counted.objects.of(store)
        return rows.get_or_create(store=store, what=what, defaults=said)[1]
    held = Counted.objects.of(store).filter(what=what, counted_at=before)
    return held.update(**said) == 1


def forget(store: Store, **moments: datetime) -> None:
    for model in MODELS:
        rows = model._default_manager.filter(store=store, **moments)
        while pks := list(rows.order_by().values_list("pk", flat=True)[:CHUNK]):
            rows.filter(pk__in=pks).delete()


def write(model: type[Model], store: Store, at: datetime, rows: pl.DataFrame) -> None:
    for part in rows.iter_slices(CHUNK):
        fresh = [model(store=store, as_of=at, **kept(row)) for row in part.to_dicts()]
        with transaction.atomic():
            model._default_manager.bulk_create(fresh)


def kept(row: dict[str, Any]) -> dict[str, Any]:
    """Months as dates, amounts as money; a group that is not known is empty."""
    month = row.pop("month")
    found: dict[str, Any] = {"month_on": date(month // 12, month % 12 + 1, 1)}
    for name, value in row.items():
        if name.startswith(AMOUNTS):
            found[name] = Decimal(value) / MONEY_UNIT
        else:
            found[name] = "" if value is None else value
    return found


def with_firsts(known: Known) -> pl.DataFrame:
    """customer, order, at, revenue, costed, margin; and of the customer's first order
    first_at, month, category, channel; and age, the months since."""
    placed = worth(known)
    firsts = (
        placed.sort("customer", "at", "order")
        .group_by("customer", maintain_order=True)
        .agg(pl.col("order", "at", "month").first())
    )
    began = (
        firsts.join(categories(known, firsts), on="customer", how="left")
        .join(channels(known, firsts), on="customer", how="left")
        .select("customer", "month", "category", "channel", first_at="at")
    )
    return (
        placed.rename({"month": "placed"})
        .join(began, on="customer")
        .with_columns(age=pl.col("placed") - pl.col("month"))
    )


def worth(known: Known) -> pl.DataFrame:
    """Customers' orders with what they brought, by month of the store's time."""
    cost = pl.col("unit_cost") * (pl.col("units") - pl.col("back"))
    is_costed = pl.col("unit_cost").is_not_null()
    sums = known.lines.group_by("order").agg(
        revenue=pl.col("net").sum(),
        costed=pl.col("net").filter(is_costed).sum(),
        margin=(pl.col("net") - cost).filter(is_costed).sum(),
    )
    local = known.local(pl.col("at"))
    return (
        known.orders.filter(pl.col("customer").is_not_null())
        .join(sums, on="order", how="left")
        .select(
            "customer",
            "order",
            "at",
            pl.col(AMOUNTS).fill_null(0),
            month=local.dt.year().cast(pl.Int64) * 12 + local.dt.month() - 1,
        )
        .collect()
    )


def cells(orders: pl.DataFrame) -> pl.DataFrame:
    return pl.concat(list(of_kinds(orders)))


def of_kinds(orders: pl.DataFrame) -> Iterator[pl.DataFrame]:
    groups = {
        Kind.MONTH: pl.lit("", pl.String),
        Kind.CATEGORY: pl.col("category"),
        Kind.CHANNEL: pl.col("channel"),
    }
    for kind, group in groups.items():
        summed = orders.group_by(group.alias("group"), "month", "age").agg(
            pl.col(AMOUNTS).sum(),
            customers=pl.col("customer").n_unique(),
            orders=pl.len(),
        )
        yield summed.select(
            "group", "month", "age", "customers", "orders", *AMOUNTS,
            kind=pl.lit(kind.value),
        ).sort("month", "age", "group")  # fmt: skip


def acquired(orders: pl.DataFrame, now: int) -> pl.DataFrame:
    """By channel and month of the first order."""
    found = orders.group_by("channel", "month").agg(
        customers=pl.col("customer").n_unique(),
        **{name: one for days in WINDOWS for name, one in of_days(days, now).items()},
    )
    return found.sort("month", "channel")


def of_days(days: int, now: int) -> dict[str, pl.Expr]:
    """Of customers who had so many days since their first order."""
    until = pl.col("first_at") + days * DAY
    is_over, is_in = until <= now, pl.col("at") < until
    amounts = {
        f"{name}_{days}": pl.col(name).filter(is_over & is_in).sum() for name in AMOUNTS
    }
    customers = pl.col("customer").filter(is_over).n_unique()
    return {f"customers_{days}": customers, **amounts}
