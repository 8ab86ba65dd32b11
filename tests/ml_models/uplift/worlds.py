"""A shop's test whose truth is known."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from ml_models.uplift.model import Trial

NAMES = ("orders", "days", "vip")


def world(people=3000, seed=0, *, moved=1.5, level=0.0, is_unequal=False):
    """A trial, and each one's true effect: the more they bought before,
    the more they are moved, in log-odds by `moved`, and all by `level`. Every fifth's days are not known; with
    unequal shares it is those of many days who are mostly treated, and who buy less."""
    chance = np.random.default_rng(seed)
    orders = chance.poisson(0.8, people).astype(float)
    days = chance.exponential(30, people)
    vip = (chance.random(people) < 0.3).astype(float)
    share = np.where(days > 20, 0.8, 0.3) if is_unequal else np.full(people, 0.5)
    odds = -1.5 - 0.02 * days + 0.4 * vip
    effect = expit(odds + level + moved * np.log1p(orders)) - expit(odds)
    treated = chance.random(people) < share
    bought = chance.random(people) < expit(odds) + treated * effect
    days = np.where(chance.random(people) < 0.2, np.nan, days)
    numbers = np.column_stack([orders, days, vip])
    return Trial(NAMES, numbers, treated, bought, share), effect
