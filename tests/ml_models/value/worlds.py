"""Shops whose truth is known."""

from __future__ import annotations

import numpy as np

from ml_models.value.purchases import purchases


def shop(customers=300, days=200, seed=0, leaving=0.05):
    """Customers come in the first half; each buys at a rate of their own, may leave after
    any order, and pays around an amount of their own."""
    dice = np.random.default_rng(seed)
    who, when, paid = [], [], []
    for customer in range(customers):
        day = dice.uniform(0, days / 2)
        rate, usual = dice.gamma(1.0, 1 / 30), dice.lognormal(3, 0.5)
        while day < days:
            who.append(customer)
            when.append(int(day))
            paid.append(usual * dice.lognormal(0, 0.3))
            if dice.random() < leaving:
                break
            day += dice.exponential(1 / rate)
    return purchases(who, when, paid)
