"""Orders as arrays, some thousands at a time: who, when, and what stayed with the shop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from django.db.models import (
    BigIntegerField,
    Count,
    Exists,
    F,
    FloatField,
    Func,
    OuterRef,
    Q,
    Sum,
)
from django.db.models.functions import Cast, Coalesce
from numpy.typing import NDArray

from apps.accounts.models import Store
from apps.experiments.services.reckon import Counted, Ints, Tally
from apps.shop.models import Refund
from apps.shop.models.orders import OrderQuerySet
from apps.shop.services.margin import order_margin
from ml_models.data import Floats

AT_ONCE = 20_000
# Orders with refunds are reckoned one by one, by the shop's own rule.
MODELS_AT_ONCE = 500
MICROS = 1_000_000


class Micros(Func):
    """A moment as whole microseconds since 1970, so that millions need no datetimes."""

    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        # Rounded to milliseconds there, .9996 of a second would be the next second.
        seconds = "CAST(strftime('%%%%s', substr(%(expressions)s, 1, 19)) AS INTEGER)"
        rest = "CAST(substr(%(expressions)s, 21, 6) AS INTEGER)"
        template = f"({seconds} * {MICROS} + {rest})"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = f"CAST(EXTRACT(EPOCH FROM %(expressions)s) * {MICROS} AS bigint)"
        return self.as_sql(compiler, connection, template=template, **extra)


@dataclass(frozen=True)
class Orders:
    """One entry an order; `margin` is NaN where a cost is unknown, or was not asked."""

    customer: Ints
    at: Ints
    is_ours: NDArray[np.bool_]
    total: Floats
    refunded: Floats
    margin: Floats

    def add_to(self, tally: Tally, places: Ints, counts: NDArray[np.bool_]) -> None:
        """Add each order that counts to the unit at its place."""
        size = len(tally["orders"])
        mine = places[counts]
        known = np.nan_to_num(self.margin)
        for name, amounts in (
            ("orders", np.ones(len(self.at))),
            ("revenue", self.total - self.refunded),
            ("total", self.total),
            ("refunded", self.refunded),
            ("margin", known),
        ):
            tally[name] += np.bincount(mine, amounts[counts], size)

    def note_left_out(
        self, counted: Counted, is_inside: NDArray[np.bool_], *, with_margin: bool
    ) -> None:
        counted.other_currency += int((is_inside & ~self.is_ours).sum())
        if with_margin:
            unknown = is_inside & self.is_ours & np.isnan(self.margin)
            counted.cost_unknown += int(unknown.sum())


def read(store: Store, orders: OrderQuerySet, *, with_margin: bool) -> Iterator[Orders]:
    """`orders` are chosen by the caller; those that do not earn are none."""
    chosen = orders.earning().order_by()
    rows = chosen.annotate(
        who=Coalesce("customer__merged_into_id", "customer_id"),
        micros=Micros(F("placed_at")),
        paid=Cast("total", FloatField()),
        back=Cast("refunded_total", FloatField()),
    )
    names = ["who", "micros", "currency", "paid", "back"]
    if with_margin:
        rows = with_goods(rows)
        names += ["pk", "goods", "cost", "unknown"]
    refunded = margins_of_refunded(chosen) if with_margin else {}
    found = rows.values_list(*names).iterator(AT_ONCE)
    while part := list(islice(found, AT_ONCE)):
        yield arrays(store, part, refunded, with_margin=with_margin)


def with_goods(orders: OrderQuerySet) -> OrderQuerySet:
    quantity = Cast("lines__quantity", FloatField())
    return orders.annotate(
        goods=Sum(Cast("lines__total", FloatField())),
        cost=Sum(Cast("lines__unit_cost", FloatField()) * quantity),
        unknown=Count(
            "lines", filter=Q(lines__isnull=False, lines__unit_cost__isnull=True)
        ),
    )


def margins_of_refunded(orders: OrderQuerySet) -> dict[int, float]:
    """By order; NaN where a cost is unknown."""
    # Of one order, which is the store's.
    refunds = Refund._default_manager.filter(order=OuterRef("pk"), deleted_at=None)
    chosen = orders.filter(Exists(refunds)).with_money().iterator(MODELS_AT_ONCE)
    margins = ((order.pk, order_margin(order).margin) for order in chosen)
    return {
        pk: float("nan") if margin is None else float(margin) for pk, margin in margins
    }


def arrays(
    store: Store,
    rows: list[tuple[Any, ...]],
    refunded: dict[int, float],
    *,
    with_margin: bool,
) -> Orders:
    who, at, currency, total, back, *goods = zip(*rows, strict=True)
    margin = margins(goods, refunded) if with_margin else [float("nan")] * len(rows)
    return Orders(
        customer=np.array([one or 0 for one in who], np.int64),
        at=np.array(at, np.int64),
        is_ours=np.array(currency) == store.currency,
        total=np.array(total, np.float64),
        refunded=np.array(back, np.float64),
        margin=np.array(margin, np.float64),
    )


def margins(columns: list[Any], refunded: dict[int, float]) -> list[float]:
    return [
        refunded[key]
        if key in refunded
        else float("nan")
        if lacking
        else (paid or 0.0) - (cost or 0.0)
        for key, paid, cost, lacking in zip(*columns, strict=True)
    ]
