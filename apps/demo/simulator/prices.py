"""What each product costs on each day: list prices, promotions, clearance.

Arrays: P products, D days. Prices are cents and change at midnight only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from apps.demo.simulator.assortment import KINDS, SLUGS
from apps.demo.simulator.catalogue import Catalogue
from apps.demo.simulator.plan import Ints, Plan

NONE = -1


@dataclass(frozen=True)
class Promotion:
    name: str
    start: int
    end: int  # the first day it is over
    discount: float
    products: tuple[int, ...]


@dataclass(frozen=True)
class Prices:
    regular: Ints  # (P, D) cents
    price: Ints  # (P, D) cents, what is paid
    promotion: Ints  # (P, D) index into promotions, or NONE
    promotions: tuple[Promotion, ...]


def plan_prices(plan: Plan, catalogue: Catalogue, eids: tuple[date, ...]) -> Prices:
    rng = plan.rng("prices")
    promotions = sorted(
        [
            *_seasonal(plan, catalogue, eids),
            *_flash(plan, catalogue, rng),
            *_clearance(plan, catalogue, rng),
        ],
        key=lambda promo: promo.discount,
    )
    regular = _regular(plan, catalogue, rng)
    chosen = np.full(regular.shape, NONE, dtype=np.int64)
    # Ascending by discount: where two overlap, the shopper gets the better one.
    for index, promo in enumerate(promotions):
        span = slice(max(promo.start, 0), max(promo.end, 0))
        chosen[list(promo.products), span] = index
    cut = np.array([promo.discount for promo in promotions] + [0.0])[chosen]
    price = np.where(
        cut > 0, np.round(regular * (1 - cut) / 10).astype(int) * 10, regular
    )
    return Prices(regular, price, chosen, tuple(promotions))


def _regular(plan: Plan, catalogue: Catalogue, rng: np.random.Generator) -> Ints:
    """One product in five gets dearer once, by about six per cent."""
    regular = np.repeat(catalogue.price[:, None], plan.horizon, axis=1)
    rises = np.flatnonzero(rng.random(catalogue.count) < 0.2)
    for product in rises:
        first = max(30, int(catalogue.launch[product]) + 60)
        if first >= plan.horizon - 10:
            continue
        day = int(rng.integers(first, plan.horizon))
        euros = round(
            float(catalogue.price[product]) / 100 * float(rng.uniform(1.04, 1.09))
        )
        regular[product, day:] = max(euros * 100 - 10, catalogue.price[product])
    return regular


def _seasonal(
    plan: Plan, catalogue: Catalogue, eids: tuple[date, ...]
) -> list[Promotion]:
    everything = tuple(range(catalogue.count))
    warm = tuple(np.flatnonzero(catalogue.heat > 0.25).tolist())
    cold = tuple(np.flatnonzero(catalogue.heat < -0.25).tolist())
    modest = [
        SLUGS.index(slug) for slug in ("abayas-kaftans", "dresses", "scarves-hats")
    ]
    festive = tuple(np.flatnonzero(np.isin(catalogue.category, modest)).tolist())
    found = []
    for year in range(plan.start.year - 1, plan.until.year + 2):
        friday = date(year, 11, 1)
        friday += timedelta(days=(4 - friday.weekday()) % 7 + 21)
        found += [
            ("Summer Sale", date(year, 7, 18), 24, 0.3, warm),
            ("Last Days of Summer", date(year, 8, 16), 14, 0.4, warm),
            ("Winter Sale", date(year, 1, 5), 24, 0.3, cold),
            ("Last Days of Winter", date(year, 2, 4), 12, 0.45, cold),
            ("White Friday", friday - timedelta(days=3), 6, 0.25, everything),
        ]
    found += [("Eid Edit", eid - timedelta(days=19), 6, 0.15, festive) for eid in eids]
    return [
        Promotion(f"{name} {on.year}", plan.day(on), plan.day(on) + days, cut, who)
        for name, on, days, cut, who in found
        if plan.day(on) + days > 0 and plan.day(on) < plan.horizon and who
    ]


def _flash(
    plan: Plan, catalogue: Catalogue, rng: np.random.Generator
) -> list[Promotion]:
    """Random half of a category, random week and depth: what elasticity is read from."""
    promotions = []
    for day in range(9, plan.horizon - 5, 6):
        category = int(rng.integers(len(KINDS)))
        members = np.flatnonzero(catalogue.category == category)
        picked = rng.random(len(members)) < 0.5
        discount = float(rng.choice([0.1, 0.15, 0.2, 0.25]))
        length = int(rng.integers(3, 8))
        chosen = tuple(members[picked].tolist())
        if chosen:
            name = f"{KINDS[category].name} {round(discount * 100)} % {plan.date(day):%d %b %Y}"
            promotions.append(Promotion(name, day, day + length, discount, chosen))
    return promotions


def _clearance(
    plan: Plan, catalogue: Catalogue, rng: np.random.Generator
) -> list[Promotion]:
    """What is not bought in again goes for half after its season."""
    promotions = []
    for month in range(0, plan.horizon, 30):
        leaving = (
            (catalogue.last >= month)
            & (catalogue.last < month + 30)
            & ~catalogue.is_core
        )
        products = tuple(np.flatnonzero(leaving).tolist())
        if products:
            name = f"Last Pieces {plan.date(month):%b %Y}"
            promotions.append(Promotion(name, month + 15, month + 75, 0.5, products))
    return promotions
