"""Products and stretches of time: few enough to stand in memory together."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import numpy as np
from django.db.models import Count, F, FloatField, Q, QuerySet, Sum
from django.db.models.functions import Cast
from numpy.typing import NDArray

from apps.experiments.models import Experiment, Exposure, Metric
from apps.experiments.services.reckon import Counted, Ints, Tally, empty
from apps.experiments.services.reckon_orders import MICROS, Orders, read
from apps.shop.models import Order, OrderLine, RefundLine
from ml_models.data import Floats


def count_products(
    experiment: Experiment, metrics: Collection[str], until: datetime
) -> Counted:
    """What was sold of each product since the phase began, and as long before it."""
    counted = Counted()
    began = experiment.phase_at or until
    units, variants, _ = read_units(experiment, until)
    pks = np.array([int(unit.removeprefix("product:")) for unit in units], np.int64)
    order = np.argsort(pks)
    after = sold(experiment, pks[order], began, until, counted)
    before = sold(experiment, pks[order], began - (until - began), began, Counted())
    if Metric.MARGIN not in metrics:
        counted.cost_unknown = 0
    counted.add_units(metrics, variants[order], after, before)
    return counted


def sold(
    experiment: Experiment,
    products: Ints,
    since: datetime,
    until: datetime,
    counted: Counted,
) -> Tally:
    """One entry a product; goods alone, without tax and shipping."""
    store, tally = experiment.store, empty(len(products))
    orders = (
        Order.objects.of(store)
        .earning()
        .filter(placed_at__gte=since, placed_at__lt=until)
    )
    counted.other_currency += orders.exclude(currency=store.currency).count()
    ours = orders.filter(currency=store.currency)
    lines = OrderLine.objects.of(store).filter(
        order__in=ours.values("pk"), product__isnull=False
    )
    counted.cost_unknown += lines.filter(unit_cost=None).count()
    pieces = Cast("quantity", FloatField())
    goods = lines.values("product").annotate(
        orders=Count("order", distinct=True),
        paid=Sum(Cast("total", FloatField())),
        known=Sum(Cast("total", FloatField()), filter=Q(unit_cost__isnull=False)),
        cost=Sum(Cast("unit_cost", FloatField()) * pieces),
    )
    rows = goods.order_by().values_list("product", "orders", "paid", "known", "cost")
    for product, count, paid, known, cost in rows.iterator(10_000):
        put(tally, products, product, orders=count, revenue=paid, total=paid,
            margin=(known or 0) - (cost or 0))  # fmt: skip
    take_back(tally, products, lines)
    return tally


def take_back(tally: Tally, products: Ints, lines: QuerySet[OrderLine]) -> None:
    """What came back of these lines; what is sent back is on the shelf again."""
    # Of lines that are the store's.
    back = RefundLine._default_manager.filter(
        refund__deleted_at=None, order_line__in=lines.values("pk")
    )
    amount = Cast("total", FloatField())
    pieces = Cast("quantity", FloatField())
    has_cost = Q(order_line__unit_cost__isnull=False)
    sums = back.values("order_line__product").annotate(
        money=Sum(amount),
        known=Sum(amount, filter=has_cost),
        cost=Sum(Cast("order_line__unit_cost", FloatField()) * pieces),
    )
    rows = sums.order_by().values_list("order_line__product", "money", "known", "cost")
    for product, money, known, cost in rows.iterator(10_000):
        put(tally, products, product, revenue=-money, refunded=money,
            margin=(cost or 0) - (known or 0))  # fmt: skip


def put(tally: Tally, products: Ints, product: int, **amounts: float) -> None:
    place = int(np.searchsorted(products, product))
    if place < len(products) and products[place] == product:
        for name, amount in amounts.items():
            tally[name][place] += amount


def count_periods(
    experiment: Experiment, metrics: Collection[str], until: datetime
) -> Counted:
    """What was ordered in each stretch of time that has ended."""
    counted = Counted()
    length = timedelta(hours=experiment.period_hours)
    _, variants, starts = read_units(experiment, until - length)
    if not len(starts):
        return counted
    order = np.argsort(starts)
    variants, starts = variants[order], starts[order]
    micros = int(length.total_seconds()) * MICROS
    tally, buyers = empty(len(starts)), np.zeros((0, 2), np.int64)
    chosen = Order.objects.of(experiment.store).filter(
        placed_at__gte=moment(starts[0]), placed_at__lt=moment(starts[-1] + micros)
    )
    with_margin = Metric.MARGIN in metrics
    for orders in read(experiment.store, chosen, with_margin=with_margin):
        places = np.searchsorted(starts, orders.at, side="right") - 1
        is_inside = (places >= 0) & (orders.at < starts[places] + micros)
        orders.note_left_out(counted, is_inside, with_margin=with_margin)
        orders.add_to(tally, places, is_inside & orders.is_ours)
        buyers = met(buyers, places, orders, is_inside & orders.is_ours)
    tally["buyers"] = people_in(buyers, len(starts))
    counted.add_units(metrics, variants, tally, empty(len(starts)))
    return counted


def met(buyers: Ints, places: Ints, orders: Orders, counts: NDArray[np.bool_]) -> Ints:
    """Each person once a stretch; all who ordered without a name are one."""
    pairs = np.stack([places, orders.customer], axis=1)[counts]
    return np.unique(np.concatenate([buyers, pairs]), axis=0)


def people_in(buyers: Ints, size: int) -> Floats:
    return np.bincount(buyers[:, 0], minlength=size).astype(np.float64)


def read_units(experiment: Experiment, until: datetime) -> tuple[list[str], Ints, Ints]:
    """Names, variants and beginnings, in microseconds, of units that began before."""
    rows = (
        Exposure.objects.of(experiment.store)
        .filter(experiment=experiment, phase=experiment.phase, at__lte=until)
        .order_by("pk")
        .values_list("unit", "variant_id", F("at"))
    )
    found = list(rows)
    starts = [int(at.timestamp()) * MICROS + at.microsecond for *_, at in found]
    return (
        [unit for unit, *_ in found],
        np.array([variant for _, variant, _ in found], np.int64),
        np.array(starts, np.int64),
    )


def moment(micros: int) -> datetime:
    return datetime.fromtimestamp(int(micros) / MICROS, UTC)
