"""People: the earliest row says which variant is theirs, whatever device it came from."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Q
from numpy.typing import NDArray

from apps.core.services.plain_sql import bound
from apps.experiments.models import Experiment, Metric
from apps.experiments.services.reckon import (
    Counted,
    Ints,
    Weighed,
    empty,
    shares_move,
)
from apps.experiments.services.reckon_orders import MICROS, Orders, read
from apps.shop.models import Order
from ml_models.data import Floats

# Rows of people with a customer, in memory at once.
AT_ONCE = 50_000
# How long before the test somebody's purchases are looked at, to take out what was so
# before: eight weeks, like the longest usual test.
BEFORE = timedelta(days=56)
LAST_ID = 2**63 - 1

# Plain SQL, by the index alone: of ten million rows no one is looked at itself.
# Without GROUP BY, for which SQLite would sort all of them.
NOBODIES = """
    SELECT MAX(at), {counts} FROM experiments_exposure
    WHERE experiment_id = %s AND phase = %s AND customer_id IS NULL AND at < %s
"""
OF_VARIANT = "COUNT(CASE WHEN variant_id = %s THEN 1 END)"
WEIGHTS_OF_VARIANT = """
    COUNT(CASE WHEN variant_id = %s THEN 1 END),
    COALESCE(SUM(CASE WHEN variant_id = %s THEN 1 / propensity END), 0),
    COALESCE(SUM(CASE WHEN variant_id = %s THEN 1 / propensity / propensity END), 0)
"""
BOUND = """
    SELECT customer_id FROM experiments_exposure
    WHERE experiment_id = %s AND phase = %s AND customer_id > %s
    ORDER BY customer_id LIMIT 1 OFFSET %s
"""
SOMEBODIES = """
    SELECT exposure.customer_id, {micros}, exposure.variant_id, {known},
           exposure.propensity
    FROM experiments_exposure exposure
    JOIN shop_customer person ON person.id = exposure.customer_id
    WHERE exposure.experiment_id = %s AND exposure.phase = %s AND exposure.at < %s
      AND exposure.customer_id > %s AND exposure.customer_id <= %s
      AND person.merged_into_id IS NULL
    UNION ALL
    SELECT person.merged_into_id, {micros}, exposure.variant_id, {known},
           exposure.propensity
    FROM shop_customer person CROSS JOIN experiments_exposure exposure
    WHERE exposure.customer_id = person.id
      AND exposure.experiment_id = %s AND exposure.phase = %s AND exposure.at < %s
      AND person.merged_into_id > %s AND person.merged_into_id <= %s
"""
# Who they were was known when they took part; visitors are found out later.
KNOWN = "CASE WHEN exposure.unit LIKE 'customer:%%' THEN 1 ELSE 0 END"
MOMENT = {
    "sqlite": (
        "CAST(strftime('%%s', substr(exposure.at, 1, 19)) AS INTEGER) * 1000000"
        " + CAST(substr(exposure.at, 21, 6) AS INTEGER)"
    ),
    "postgresql": "CAST(EXTRACT(EPOCH FROM exposure.at) * 1000000 AS bigint)",
}


@dataclass(frozen=True)
class People:
    """One entry a person, by customer ascending; `since` in microseconds. `is_known`:
    also before they took part, so that what they bought then says nothing of the test."""

    customer: Ints
    since: Ints
    variant: Ints
    is_known: NDArray[np.bool_]
    propensity: Floats

    def places(self, orders: Orders) -> tuple[Ints, Any]:
        """Whose each order is, and whether it is anybody's of these."""
        found = np.searchsorted(self.customer, orders.customer)
        found = np.minimum(found, len(self.customer) - 1)
        return found, self.customer[found] == orders.customer


def count_people(
    experiment: Experiment, metrics: Collection[str], until: datetime
) -> Counted:
    """Where shares moved while it ran, each person counts by one over the chance that
    they had: else a good week would count for whoever was given most in it."""
    counted = Weighed() if shares_move(experiment) else Counted()
    count_nobodies(experiment, metrics, until, counted)
    for low, high in ranges(experiment):
        people = read_people(experiment, until, low, high, counted)
        if people is not None:
            count_orders(experiment, metrics, people, (low, high, until), counted)
    return counted


def count_nobodies(
    experiment: Experiment,
    metrics: Collection[str],
    until: datetime,
    counted: Counted,
) -> None:
    variants = list(experiment.variants.values_list("pk", flat=True))
    one = WEIGHTS_OF_VARIANT if isinstance(counted, Weighed) else OF_VARIANT
    asked = [pk for pk in variants for _ in range(one.count("%s"))]
    statement = NOBODIES.format(counts=", ".join([one] * len(variants)))
    with connection.cursor() as cursor:
        values = [*asked, experiment.pk, experiment.phase, bound(until)]
        cursor.execute(statement, values)
        last, *found = cursor.fetchone()
    width = len(found) // max(len(variants), 1)
    for number, variant in enumerate(variants):
        people, *weights = found[number * width : (number + 1) * width]
        if not people:
            continue
        if isinstance(counted, Weighed):
            counted.add_weighed_nobodies(metrics, variant, people, *weights)
        else:
            counted.add_nobodies(metrics, variant, people)
    if last is not None:
        note_last(counted, as_moment(last))


def ranges(experiment: Experiment) -> Iterator[tuple[int, int]]:
    """Ranges of customers' ids, (low, high], each of some tens of thousands of rows; all
    of them hold every id, since somebody's rows may stand under a merged one."""
    low = 0
    while low < LAST_ID:
        with connection.cursor() as cursor:
            values = [experiment.pk, experiment.phase, low, AT_ONCE]
            cursor.execute(BOUND, values)
            row = cursor.fetchone()
        high = LAST_ID if row is None else row[0]
        yield low, high
        low = high


def read_people(
    experiment: Experiment, until: datetime, low: int, high: int, counted: Counted
) -> People | None:
    statement = SOMEBODIES.format(micros=MOMENT[connection.vendor], known=KNOWN)
    values = [experiment.pk, experiment.phase, bound(until), low, high]
    with connection.cursor() as cursor:
        cursor.execute(statement, values * 2)
        rows = cursor.fetchall()
    if not rows:
        return None
    who, at, variant, known = np.array([row[:4] for row in rows], np.int64).T
    chance = np.array([row[4] for row in rows], np.float64)
    # At one moment the row of who was known comes first.
    order = np.lexsort((variant, -known, at, who))
    who, at, variant = who[order], at[order], variant[order]
    is_first = np.concatenate([[True], who[1:] != who[:-1]])
    starts = np.flatnonzero(is_first)
    widest = np.maximum.reduceat(variant, starts)
    counted.mixed += int((widest != np.minimum.reduceat(variant, starts)).sum())
    note_last(counted, datetime.fromtimestamp(int(at.max()) / MICROS, UTC))
    first = order[starts]
    return People(
        who[starts], at[starts], variant[starts], known[first] == 1, chance[first]
    )


def count_orders(
    experiment: Experiment,
    metrics: Collection[str],
    people: People,
    span: tuple[int, int, datetime],
    counted: Counted,
) -> None:
    low, high, until = span
    after, before = empty(len(people.customer)), empty(len(people.customer))
    with_margin = Metric.MARGIN in metrics
    back = int(BEFORE.total_seconds()) * MICROS
    began = datetime.fromtimestamp(int(people.since.min()) / MICROS, UTC) - BEFORE
    chosen = Order.objects.of(experiment.store).filter(
        Q(customer_id__gt=low, customer_id__lte=high),
        placed_at__gte=began - timedelta(seconds=1),
        placed_at__lt=until,
    )
    for orders in read(experiment.store, chosen, with_margin=with_margin):
        places, is_theirs = people.places(orders)
        since = people.since[places]
        is_after = is_theirs & (orders.at >= since)
        is_before = is_theirs & (orders.at < since) & (orders.at >= since - back)
        # Who is found out is found out by ordering: their past would tell of the test.
        is_before &= people.is_known[places]
        orders.note_left_out(counted, is_after, with_margin=with_margin)
        orders.add_to(after, places, is_after & orders.is_ours)
        orders.add_to(before, places, is_before & orders.is_ours)
    if isinstance(counted, Weighed):
        counted.add_weighed(metrics, people.variant, after, 1 / people.propensity)
        return
    counted.add_units(metrics, people.variant, after, before)


def note_last(counted: Counted, at: datetime) -> None:
    counted.last_at = max(counted.last_at or at, at)


def as_moment(value: Any) -> datetime:
    """SQLite keeps moments as text, without their zone."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    assert isinstance(value, datetime)
    return value
