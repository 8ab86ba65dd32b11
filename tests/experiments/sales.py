"""Orders, and crowds of people who order more, or do not."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import count

import numpy as np

from apps.experiments.models import Exposure
from apps.shop.models import Customer, Order, OrderLine
from tests.conftest import NOW

NUMBERS = count(1)
DAY = timedelta(days=1)


def person(store, **more):
    return Customer.objects.create(
        store=store, email=f"p{next(NUMBERS)}@maison.example", **more
    )


def order(store, who, total, *, days=1.0, back=0, status="completed", **more):
    """`days` after NOW; before it where negative."""
    more = {"currency": store.currency, **more}
    return Order.objects.create(
        store=store, customer=who, number=str(next(NUMBERS)), status=status,
        total=Decimal(total), refunded_total=Decimal(back),
        placed_at=NOW + days * DAY, **more,
    )  # fmt: skip


def line(of, total, *, cost=None, quantity=1, product=None):
    return OrderLine.objects.create(
        store=of.store, order=of, name="Coat", quantity=quantity, product=product,
        subtotal=Decimal(total), total=Decimal(total),
        unit_cost=None if cost is None else Decimal(cost),
    )  # fmt: skip


def crowd(row, people, rates, *, seed=1, spread=13, days=1, at=NOW):
    """So many people in each variant, who come within `spread` days, and of whom a
    share orders once, within `days`."""
    chance = np.random.default_rng(seed)
    for variant, size, rate in zip(row.variants.all(), people, rates, strict=True):
        known = Customer.objects.bulk_create(
            Customer(store=row.store, email=f"c{next(NUMBERS)}@maison.example")
            for _ in range(size)
        )
        turns = chance.permutation(size) / size * spread
        since = [at + turn * DAY for turn in turns]
        Exposure.objects.bulk_create(
            Exposure(
                store=row.store, experiment=row, variant=variant, customer=one,
                phase=row.phase, unit=f"customer:{one.pk}", at=came,
                propensity=0.5,
            )
            for one, came in zip(known, since, strict=True)
        )  # fmt: skip
        buyers = known[: round(rate * size)]
        when = chance.uniform(0.01, days, len(buyers))
        worth = np.round(50 * chance.lognormal(0, 0.3, len(buyers)), 2)
        Order.objects.bulk_create(
            Order(
                store=row.store, customer=one, number=str(next(NUMBERS)),
                status="completed", total=Decimal(str(total)),
                currency=row.store.currency, placed_at=came + after * DAY,
            )
            for one, total, after, came in zip(buyers, worth, when, since, strict=False)
        )  # fmt: skip
