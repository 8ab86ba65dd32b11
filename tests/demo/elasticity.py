"""A regression that a merchant could run: units by product and day on the price."""

from __future__ import annotations

import numpy as np

from apps.demo.simulator.stock import LOST


def estimate(world, rounds=40):
    """One elasticity for the whole shop.

    Poisson with an effect of each product and of each category-day, so that season,
    traffic and the category's own sales are taken out; Newton steps on the price.
    """
    sold, open_days = sales(world)
    prices, days = world.prices, world.plan.days
    ratio = np.log(prices.price[:, :days] / prices.regular[:, :days])
    category = np.eye(world.catalogue.category.max() + 1)[world.catalogue.category].T
    product, elasticity = sold.sum(axis=1) / np.maximum(open_days.sum(axis=1), 1), 0.0
    for _ in range(rounds):
        base = product[:, None] * np.exp(-elasticity * ratio) * open_days
        cell = category @ sold / np.maximum(category @ base, 1e-12)
        expected = base * (category.T @ cell)
        product *= sold.sum(axis=1) / np.maximum(expected.sum(axis=1), 1e-12)
        mean = (category @ (expected * ratio)) / np.maximum(category @ expected, 1e-12)
        apart = ratio - category.T @ mean
        elasticity -= ((sold - expected) * apart).sum() / (expected * apart**2).sum()
    return elasticity


def sales(world):
    """Units sold and whether the product was on sale at all: (products, days)."""
    days = world.plan.days
    day = world.wishes.day[world.wishes.line_order]
    kept = (world.shelves.sold != LOST) & (day < days)
    product = world.catalogue.variant_product[world.shelves.sold[kept]]
    sold = np.zeros((world.catalogue.count, days))
    np.add.at(sold, (product, day[kept]), world.wishes.line_quantity[kept])
    pull = world.pull.pull[0, :, :days]
    return sold, (pull > 0).astype(float)
