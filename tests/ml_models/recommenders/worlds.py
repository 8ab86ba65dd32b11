"""Small shops whose truth is known."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ml_models.data import BUY, VIEW, Deeds, Goods
from ml_models.exam import Exam

CLUSTERS, EACH = 5, 6
PRODUCTS = CLUSTERS * EACH


def deeds(rows, users, products=PRODUCTS):
    """rows: (user, product, kind, day), sorted by day."""
    rows = sorted(rows, key=lambda row: row[3])
    columns = zip(*rows, strict=True) if rows else ((), (), (), ())
    found = [np.array(column) for column in columns]
    return Deeds(
        found[0].astype(np.int64),
        found[1].astype(np.int64),
        found[2].astype(np.int8),
        found[3].astype(np.float64),
        users,
        products,
    )


def tastes(users=80, steps=9, seed=0):
    """Each user walks around the products of one cluster, the first ones the most loved;
    now and then they look at anything."""
    chance = np.random.default_rng(seed)
    rows = []
    for user in range(users):
        cluster = min(user % CLUSTERS, chance.integers(CLUSTERS))
        at = chance.integers(EACH)
        for step in range(steps):
            product = cluster * EACH + (at + step) % EACH
            kind = BUY if chance.random() < 0.7 else VIEW
            rows.append((user, product, kind, step + chance.random() / 2))
            if chance.random() < 0.1:
                rows.append((user, chance.integers(PRODUCTS), VIEW, step + 0.7))
    return deeds(rows, users)


def last_hidden(known):
    """What is known without the last deed of each user; the last is wanted."""
    last = np.zeros(len(known), bool)
    _, firsts = np.unique(known.users[::-1], return_index=True)
    last[len(known) - 1 - firsts] = True
    past, hidden = known.where(~last), known.where(last)
    ones = np.ones(len(hidden), np.float32)
    shape = (known.user_count, known.product_count)
    wanted = sp.csr_matrix((ones, (hidden.users, hidden.products)), shape=shape)
    return past, Exam(past, wanted, float(known.days.max()))


def goods():
    """A label for each cluster; the price rises with the number."""
    numbers = np.arange(PRODUCTS)
    ones = np.ones(PRODUCTS, np.float32)
    labels = sp.csr_matrix((ones, (numbers, numbers // EACH)))
    return Goods(labels, (10.0 + numbers).astype(np.float32))
