"""Crowds to learn from: five kinds of customers, as plain as can be."""

from __future__ import annotations

import numpy as np

from ml_models.segments.base import NEW, READ, Crowd

# By CODES: orders, spent, days since the first and the last order, coupons, looks.
KINDS = (
    (20, 8_000, 500, 10, 0.0, 60),
    (9, 1_000, 700, 30, 0.0, 20),
    (6, 500, 400, 50, 0.9, 15),
    (2, 150, 600, 350, 0.1, 1),
    (1, 80, 12, 12, 0.1, 8),
)


def crowd_of(rows, **columns):
    """`columns` by name, the rest unknown; a single value is everybody's."""
    whole = {name: np.full(rows, np.nan) for name in READ}
    whole |= {name: np.broadcast_to(value, rows) for name, value in columns.items()}
    return Crowd.of(whole)


def five_kinds(each=30, seed=0):
    """(crowd, kinds): `each` customers of each kind, a little different from each other."""
    random = np.random.default_rng(seed)
    kinds = np.repeat(np.arange(len(KINDS)), each)
    orders, spent, since, recent, coupons, looks = np.array(KINDS, float)[kinds].T
    more = np.exp(random.normal(0, 0.1, (4, len(kinds))))
    crowd = crowd_of(
        len(kinds), orders=orders, units=orders * 2, spent=spent * more[0],
        spent_365=spent * more[0] / 2, average_order=spent / orders * more[0],
        tenure_days=since * more[1], recency_days=recent * more[2],
        gap_mean=np.where(orders > 1, since / orders, np.nan),
        coupon_order_share=coupons, views_90=np.round(looks * more[3]),
    )  # fmt: skip
    return crowd, kinds


def strangers(rows):
    """Met, never ordered."""
    return crowd_of(rows, orders=0.0, spent=0.0, views_90=3.0)


def joined(*crowds):
    return Crowd(np.concatenate([crowd.values for crowd in crowds]))


def is_new(places):
    return (places == NEW).all()
