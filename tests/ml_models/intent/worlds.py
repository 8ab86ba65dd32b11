"""Visits of an invented shop: whether they bought follows a known rule."""

from __future__ import annotations

import numpy as np

from ml_models.intent.visits import Column, Visits

COLUMNS = (
    Column("looks"),
    Column("cart"),
    Column("device", ("phone", "tablet", "computer")),
    Column("days_since"),
)


def shop(rows=600, seed=0):
    """Visits, and the true chance of each. Every third has not been here before."""
    chance = np.random.default_rng(seed)
    looks = chance.poisson(4, rows).astype(float)
    cart = np.where(chance.random(rows) < 0.2, chance.gamma(2, 40, rows), 0.0)
    device = chance.integers(0, 3, rows).astype(float)
    device[chance.random(rows) < 0.1] = np.nan
    since = np.where(chance.random(rows) < 1 / 3, np.nan, chance.exponential(9, rows))
    odds = -3 + 0.2 * looks + 2 * (cart > 0) + 0.8 * (device == 2)
    odds += np.where(np.isnan(since), -1.0, 0.5)
    true = 1 / (1 + np.exp(-odds))
    values = np.column_stack([looks, cart, device, since])
    groups = np.arange(rows) // 2
    return Visits(COLUMNS, values, chance.random(rows) < true, groups), true


def strange(visits):
    """The same, with values that nobody had when it learned: unknown levels, nothing
    known at all, the very large and the negative."""
    odd = visits.values[:40].copy()
    odd[0] = np.nan
    odd[1] = [1e12, -5, 1, 1e9]
    odd[2] = [0, 0, np.nan, 0]
    odd[3:10, 2] = np.nan
    odd[10:20, 3] = np.nan
    odd[20:30, 0] = np.nan
    odd[30:35, 2] = 99
    return np.vstack([odd, visits.values[40:]])
