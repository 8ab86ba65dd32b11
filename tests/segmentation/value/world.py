"""Shops of which it is known who buys how."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import numpy as np

from apps.shop.models import Customer, Order, OrderLine
from tests.conftest import NOW


def person(store, name):
    return Customer.objects.create(store=store, email=f"{name}@mail.example")


def order(customer, days_ago, total="100.00", status="completed", **line):
    store, paid = customer.store, Decimal(total)
    made = Order.objects.create(
        store=store, customer=customer, number=str(days_ago), status=status,
        currency="EUR", placed_at=NOW - timedelta(days=days_ago), total=paid,
    )  # fmt: skip
    OrderLine.objects.create(
        store=store, order=made, name="Dress", quantity=1, subtotal=paid, total=paid,
        **line,
    )  # fmt: skip
    return made


def grow(store, customers=60, days=300, seed=0):
    """Who came in the first half; each buys at a rate of their own and may leave after
    any order, as the models have it."""
    dice, rows = np.random.default_rng(seed), []
    people = [
        Customer(store=store, email=f"{number}@mail.example")
        for number in range(customers)
    ]
    Customer.objects.bulk_create(people)
    for one in people:
        day, rate = dice.uniform(0, days / 2), dice.gamma(1.0, 1 / 30)
        while day < days:
            paid = Decimal(int(dice.uniform(20, 90)))
            rows.append((one, NOW - timedelta(days=days - day), paid))
            if dice.random() < 0.1:
                break
            day += dice.exponential(1 / rate)
    orders = [
        Order(
            store=store, customer=one, number=str(place), status="completed",
            currency="EUR", placed_at=at, total=paid,
        )
        for place, (one, at, paid) in enumerate(rows)
    ]  # fmt: skip
    Order.objects.bulk_create(orders)
    OrderLine.objects.bulk_create(
        OrderLine(
            store=store, order=made, name="Dress", quantity=1, subtotal=made.total,
            total=made.total,
        )
        for made in orders
    )  # fmt: skip
    return people
